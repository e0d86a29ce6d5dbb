import { RMAP_LOG_COMPANIONS, SERIES, type Series, type SeriesState } from '@pagewright/core';
import { CHANGE_TEXTS, type ChangeText } from '@pagewright/core/texts';

/** The kernels before and after a patch, or before and after its companions. */
export interface Pair {
  readonly before: string;
  readonly after: string;
}

/** A patch of a series: what its text says, and whether anything differs after it. */
export interface Patch extends Pair {
  /** Its number in the series, from 1. */
  readonly n: number;
  readonly title: string;
  readonly commit?: string;
  /** What its own text says of it, where that is more or other than the title. */
  readonly claim?: string;
  /** An entry, counter, report or answer differs after it. */
  readonly effect: boolean;
  /** What differs, or why nothing does. */
  readonly why: string;
  /** The semantics mark a part of it as inferred: deduced, not read. */
  readonly inferred: boolean;
  /** Ids of the changes that it is. */
  readonly changes: readonly string[];
}

/** A change from outside a series that its patches need, or stand beside. */
export type Companion = {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  /** The state that brings it; none for a switch of its own. */
  readonly state?: string;
};

const textOf = (id: string): ChangeText => CHANGE_TEXTS[id as keyof typeof CHANGE_TEXTS];

/** The patches of a series, in order. */
export const patchesOf = ({ name, states }: Series): readonly Patch[] =>
  states.flatMap((state, i) => {
    const before = states[i - 1];
    return state.patch === undefined || before === undefined
      ? []
      : [patchOf(name, before, state, state.patch)];
  });

function patchOf(name: string, before: SeriesState, state: SeriesState, n: number): Patch {
  const texts = state.changes.map(textOf);
  const seen = texts.filter(({ unobservable }) => unobservable !== true);
  const told = seen.length > 0 ? seen : texts;
  const [first] = texts;
  const claim = texts.flatMap((text) => (text.claim === undefined ? [] : [text.claim]));
  return {
    n,
    title: texts.find(({ subject }) => subject !== undefined)?.subject ?? first?.effect ?? '',
    ...(first?.commit === undefined ? {} : { commit: first.commit }),
    ...(claim.length === 0 ? {} : { claim: claim.join(' ') }),
    effect: seen.length > 0,
    why: told.map(({ effect }) => effect).join(' '),
    inferred: texts.some(({ inferred }) => inferred === true),
    changes: state.changes,
    before: `${name}/${before.name}`,
    after: `${name}/${state.name}`,
  };
}

/** What a series needs from outside, in the order of its states; then what stands beside it. */
export function companionsOf({ name, states }: Series): readonly Companion[] {
  const brought = states.flatMap((state) =>
    state.companions.map((id) => companionOf(id, `${name}/${state.name}`)),
  );
  if (name !== 'rmap-log') return brought;
  const beside = Object.values(RMAP_LOG_COMPANIONS).filter(
    (id) => !brought.some((companion) => companion.id === id),
  );
  return [...brought, ...beside.map((id) => companionOf(id))];
}

function companionOf(id: string, state?: string): Companion {
  const { subject, effect, source } = textOf(id);
  return { id, title: subject ?? effect, source, ...(state === undefined ? {} : { state }) };
}

/** All patches of all series. */
export const allPatches = (): readonly Patch[] => SERIES.flatMap(patchesOf);
