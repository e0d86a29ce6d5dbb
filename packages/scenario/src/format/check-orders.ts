import type { ScenarioFile, StepFile } from './definition.js';
import type { Mistake, Path } from './read-file.js';

/** Most orders that the parts of a step may have. */
const MOST_ORDERS = 50_000;
const TOTAL = 'total';

/** The first mistake about steps that are unordered. */
export function checkOrders(file: ScenarioFile): Mistake | undefined {
  for (const [i, step] of file.steps.entries()) {
    const path = ['steps', i];
    const mistake = step.unordered === undefined ? ofOrdered(step, path) : ofParts(step, path);
    if (mistake !== undefined) return mistake;
    if (step.unordered === undefined || step.order !== undefined) continue;
    if (i < file.steps.length - 1) {
      return {
        path,
        message: 'it is the last step: what follows each order stands in its `after`',
      };
    }
    if (file.expect !== undefined) {
      const message = 'there are many last states: each is checked in `after` of the last step';
      return { path: ['expect'], message };
    }
  }
  return undefined;
}

function ofOrdered(step: StepFile, path: Path): Mistake | undefined {
  const field = (['order', 'after', 'conditions', 'orders'] as const).find(
    (each) => step[each] !== undefined,
  );
  if (field === undefined) return undefined;
  return { path, key: field, message: `only a step with \`unordered\` has \`${field}\`` };
}

function ofParts(step: StepFile, path: Path): Mistake | undefined {
  const { unordered: parts = {}, order, conditions = {}, orders = {} } = step;
  if (Object.keys(parts).length < 2) {
    return { path: [...path, 'unordered'], message: 'two parts or more can be unordered' };
  }
  const lengths = Object.values(parts).map((steps) => steps.length);
  if (order === undefined && !areFew(lengths)) {
    const message = `its parts run in more than ${MOST_ORDERS} orders: name one as \`order\``;
    return { path: [...path, 'unordered'], message };
  }
  for (const [part, steps] of Object.entries(order === undefined ? {} : parts)) {
    const found = order?.filter((each) => each === part).length;
    if (found === steps.length) continue;
    const message = `"${part}" has ${steps.length} steps, and ${found} stand in the order`;
    return { path: [...path, 'order'], message };
  }
  const stranger = order?.find((part) => parts[part] === undefined);
  if (stranger !== undefined) {
    return { path: [...path, 'order'], message: `there is no part "${stranger}"` };
  }
  const unknown = Object.keys(orders).find((each) => each !== TOTAL && !(each in conditions));
  if (unknown === undefined) return undefined;
  const known = [TOTAL, ...Object.keys(conditions)].join(', ');
  return {
    path: [...path, 'orders'],
    key: unknown,
    message: `there is no condition "${unknown.slice(0, 60)}"; there are ${known}`,
  };
}

/** Whether sequences of these lengths have no more interleavings than may be. */
function areFew(lengths: readonly number[]): boolean {
  let orders = 1;
  let steps = 0;
  for (const length of lengths) {
    for (let i = 1; i <= length; i++) {
      steps++;
      orders = (orders * steps) / i;
      if (orders > MOST_ORDERS) return false;
    }
  }
  return true;
}
