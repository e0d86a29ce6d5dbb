import { PAGE_FLAG } from '../frames/page-flags.js';
import type { Machine } from '../machine/machine.js';
import { Frame } from './columns.js';
import { State } from './state.js';

/** A machine's state before anybody runs: nothing is there but what the kernel itself keeps. */
export function bootState(machine: Machine): State {
  const state = State.empty(machine.layout);
  for (const zero of machine.zeroFrames) {
    state.set(Frame.refcount, zero, 1);
    state.set(Frame.flags, zero, PAGE_FLAG.reserved);
  }
  return state;
}
