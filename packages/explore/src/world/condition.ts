import {
  partsOf,
  ScenarioStop,
  type StateExpectation,
  stateMistakes,
} from '@pagewright/scenario/parts';
import { ownerOf } from './owner.js';
import type { Stepper } from './stepper.js';

/** A condition of a state, by its name in the file. */
export interface Condition {
  readonly id: string;
  /** Everything that it speaks of is there. */
  readonly isThere: () => boolean;
  /** Everything is there, and as it says. */
  readonly holds: () => boolean;
}

/** Makes a condition of a state in the words of scenarios. */
export function conditionOf(
  { bound, world, slots }: Pick<Stepper, 'bound' | 'world' | 'slots'>,
  id: string,
  state: StateExpectation,
): Condition {
  const { objects } = bound.file;
  const names = [...namesIn(state)].flatMap((text) => {
    const { name, process } = partsOf(text);
    return [process ?? ownerOf(objects, name) ?? '', name];
  });
  const places = [...new Set(names.map((name) => slots.place(name)))].filter((at) => at >= 0);
  const isThere = (): boolean => places.every((place) => slots.word(place) !== 0);
  const isSo = (): boolean => {
    slots.tellWorld();
    try {
      return stateMistakes(world, state).length === 0;
    } catch (error) {
      if (error instanceof ScenarioStop) return false;
      throw error;
    }
  };
  return { id, isThere, holds: () => isThere() && isSo() };
}

/** Names and addresses that a state speaks of. */
function* namesIn({ pages, processes, vmas, entries }: StateExpectation): Generator<string> {
  for (const part of [pages, processes, vmas, entries]) yield* Object.keys(part ?? {});
  for (const entry of Object.values(entries ?? {})) {
    if (typeof entry === 'object' && entry.page !== undefined) yield entry.page;
  }
  for (const { pgoff } of Object.values(vmas ?? {})) if (typeof pgoff === 'string') yield pgoff;
}
