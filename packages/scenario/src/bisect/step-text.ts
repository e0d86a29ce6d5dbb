import { placesOf, SERIES } from '@pagewright/core';
import { CHANGE_TEXTS, type ChangeText } from '@pagewright/core/texts';
import type { WalkStep } from './path.js';
import { idOf } from './together.js';

/** A step of a walk in words. */
export type StepText = {
  readonly id: string;
  /** Patch title or commit subject; what it does, where no document gives one. */
  readonly title: string;
  /** Patch of which series, commit, and where the semantics describe it. */
  readonly source: string;
};

/** What a step of a walk is, and where it comes from. */
export function stepText(step: WalkStep): StepText {
  const id = idOf(step);
  if (step.step === 'headers') {
    const title = `the headers of generation ${step.headers}: bits that moved in entries`;
    return { id, title, source: 'header generations (decision 0007)' };
  }
  const text: ChangeText = CHANGE_TEXTS[id as keyof typeof CHANGE_TEXTS];
  const title = text.subject ?? text.effect;
  const commit = text.commit === undefined ? [] : [text.commit];
  const source = [...placeTexts(id), ...commit, text.source].join(', ');
  return { id, title: step.step === 'undo' ? `without: ${title}` : title, source };
}

/** Where the series have a change: as a patch, or as a companion of one. */
function placeTexts(id: string): readonly string[] {
  const patches = placesOf(id).map(({ series: { name, states }, state }) => {
    const count = states.filter(({ patch }) => patch !== undefined).length;
    return `${name} patch ${state.patch} of ${count}`;
  });
  const companions = SERIES.flatMap(({ name, states }) =>
    states
      .filter((state) => state.companions.some((companion) => companion === id))
      .map((state) => `companion in ${name}/${state.name}`),
  );
  return [...patches, ...companions];
}
