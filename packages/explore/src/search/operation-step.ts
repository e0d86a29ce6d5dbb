import { type State, type Step, Vma, Waiter, WORK } from '@pagewright/mm';
import type { Action } from '../format/expand.js';
import type { Done } from '../world/stepper.js';

/**
 * What happened, as invariants of operations ask about it (SPEC 14); undefined where none does.
 *
 * @param state that the operation led to
 * @param before that it began in
 */
export function stepOf(
  { call }: Action,
  done: Done,
  state: State,
  before: State,
): Step | undefined {
  const { answer, args } = done;
  switch (call.operation.name) {
    case 'mprotect':
      return { kind: 'mprotect' };
    case 'fork': {
      const child = answer?.value ?? -1;
      return child < 0 ? undefined : { kind: 'fork', parent: args.process as number, child };
    }
    case 'split_huge_pmd': {
      const { mm, vma, vpn } = args.at as { mm: number; vma: number; vpn: number };
      const isOfFile = state.get(Vma.ops, vma) !== 0;
      return isOfFile ? { kind: 'split-file-huge', mm, vpn } : undefined;
    }
    case 'dax_break_layout': {
      const start = args.index as number;
      const end = start + (args.pages as number);
      return isGood(done)
        ? { kind: 'break-layout', mapping: args.file as number, start, end }
        : undefined;
    }
    case 'go_on':
    case 'signal':
      return isGood(done) ? layoutBrokenBy(before, args.task as number) : undefined;
    default:
      return undefined;
  }
}

/** A task that is done has answered 0. */
const isGood = ({ text }: Done): boolean => text === '0';

/** A task is forgotten when it is done: what it was at, the state before knows. */
function layoutBrokenBy(before: State, waiter: number): Step | undefined {
  if (before.get(Waiter.work, waiter) !== WORK.break) return undefined;
  return {
    kind: 'break-layout',
    mapping: before.ref(Waiter.mapping, waiter),
    start: before.get(Waiter.start, waiter),
    end: before.get(Waiter.end, waiter),
  };
}
