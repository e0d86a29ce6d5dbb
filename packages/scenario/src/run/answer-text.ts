import {
  type AnswerKind,
  answerOf,
  errnoName,
  progressName,
  VM_FAULT,
  vmFaultName,
  WILD_PAGE,
} from '@pagewright/mm';
import type { World } from '../setup/world.js';

/** VM_FAULT bits that say that the access failed. */
const FAULT_ERRORS = VM_FAULT.OOM | VM_FAULT.SIGBUS | VM_FAULT.SIGSEGV | VM_FAULT.HWPOISON;

/** An answer in the words that expectations are written in. */
export function answerText(world: World, kind: AnswerKind, value: number): string {
  switch (kind) {
    case 'done':
      return 'done';
    case 'error':
    case 'count':
      return errnoName(value);
    case 'number':
      return `${value}`;
    case 'fault':
      return vmFaultName(value);
    case 'process':
      return value < 0 ? errnoName(value) : world.processName(value);
    case 'page':
      return value < WILD_PAGE ? errnoName(value) : world.frameName(value);
    case 'reference':
      return value < 0 ? errnoName(value) : 'a reference';
    case 'task':
      return taskText(world, value);
    case 'inFlight':
      return value < 0 ? errnoName(value) : 'begun';
    case 'progress':
      return progressName(value);
    case 'truth':
      return value === 0 ? 'no' : 'yes';
  }
}

/** How a task ended, or that it sleeps: still, when nobody woke it. */
function taskText({ model }: World, task: number): string {
  if (task < 0) return 'still asleep';
  const answer = answerOf(model, task);
  return answer === undefined ? 'sleeps' : errnoName(answer);
}

/** The operation did what it was asked. */
export function succeeded(world: World, kind: AnswerKind, value: number): boolean {
  if (kind === 'error') return value === 0;
  if (kind === 'task') return value >= 0 && answerOf(world.model, value) === 0;
  if (kind === 'fault') return (value & FAULT_ERRORS) === 0;
  if (kind === 'count' || kind === 'process' || kind === 'reference') return value >= 0;
  if (kind === 'inFlight') return value >= 0;
  return kind !== 'page' || value >= WILD_PAGE;
}
