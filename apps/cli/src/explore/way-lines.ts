import type { Bound, PathStep } from '@pagewright/explore';

/** A way as text: what was done before, and each action with what changed. */
export function wayLines({ file }: Bound, steps: readonly PathStep[]): string[] {
  const beginning = file.before === undefined ? [] : ['  (what comes before, as the file says)'];
  return [...beginning, ...steps.flatMap((step, i) => stepLines(step, i + 1))];
}

function stepLines(step: PathStep, number: number): string[] {
  const { call, answer, named, said, changes, broken, action } = step;
  const outcome = named === undefined ? answer : `${answer === named ? '' : `${answer}, `}${named}`;
  const label = action.label === undefined ? '' : `   # ${action.label}`;
  return [
    `  ${number}. ${call} = ${outcome}${label}`,
    ...[...said, ...changes].map((line) => `       ${line}`),
    ...(broken.length === 0 ? [] : [`       broken: ${broken.join(', ')}`]),
  ];
}
