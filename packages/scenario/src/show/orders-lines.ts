import type { OrderOutcome, OrdersRun } from '../run/orders.js';
import type { StepRun } from '../run/run-step.js';
import { verdict } from '../run/unordered.js';

/** How the orders of a step went: the conditions, then each outcome with its first order. */
export function ordersLines({ total, conditions, outcomes }: OrdersRun): string[] {
  return [
    ...conditions.map(
      ({ name, count }) => `       ${name}: ${verdict(count, total)} (${count} of ${total})`,
    ),
    ...outcomes.flatMap(outcomeLines),
  ];
}

function outcomeLines({ count, first, parts, after, changes, stuck }: OrderOutcome): string[] {
  const how = count === 1 ? '1 order' : `${count} orders, the first`;
  return [
    `       ${how}: ${first.join(' ')}${stuck ? ', and nobody can go on' : ''}`,
    ...parts.map(({ name, steps }) => `         ${name}: ${steps.map(stepText).join('; ')}`),
    ...after.map(
      (step) => `         after it: ${step.call === 'check' ? 'check' : callText(step)}`,
    ),
    ...changes.map((line) => `         ${line}`),
  ];
}

/** A step that goes on with an operation says what it came to; any other one what it was as well. */
const stepText = (step: StepRun): string =>
  /^(advance|store_seen) /.test(step.call) ? withReports(step, step.answer) : callText(step);

const callText = (step: StepRun): string => withReports(step, `${step.call} = ${step.answer}`);

const withReports = ({ reported }: StepRun, text: string): string =>
  reported.length === 0 ? text : `${text} (${reported.join(', ')})`;
