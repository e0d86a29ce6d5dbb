import type { PathStep } from './replay.js';

/** A way as a graph for Graphviz: a box for each state with what changed, an arrow for each action. */
export function dotOf(title: string, steps: readonly PathStep[]): string {
  const nodes = steps.map(({ changes, broken, said }, i) => {
    const lines = [`${i + 1}`, ...changes, ...said, ...broken.map((id) => `broken: ${id}`)];
    const colour = broken.length === 0 ? '' : ', color=red';
    return `  s${i + 1} [label=${label(lines)}${colour}];`;
  });
  const edges = steps.map(
    ({ call, answer }, i) => `  s${i} -> s${i + 1} [label=${label([call, answer])}];`,
  );
  return [
    'digraph path {',
    `  label=${label([title])};`,
    // Graphviz knows how wide Courier is, wherever it runs.
    '  graph [fontname=Courier, labelloc=t];',
    '  node [shape=box, fontname=Courier];',
    '  edge [fontname=Courier];',
    '  s0 [label="the beginning\\l"];',
    ...nodes,
    ...edges,
    '}',
    '',
  ].join('\n');
}

/** Lines one below the other, left-aligned. */
const label = (lines: readonly string[]): string => `"${lines.map(escaped).join('\\l')}\\l"`;

/** Text as Graphviz prints it unchanged: it reads escapes and entities, and knows no control characters. */
const escaped = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd')
    .replace(/&/g, '&amp;')
    .replace(/["\\]/g, '\\$&');
