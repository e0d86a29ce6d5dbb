import { fail, ok, type Result } from '../outcome.js';
import type { Change } from './change.js';
import { findChange } from './changes.js';
import { findRevision, type Revision } from './revisions.js';

/** Changes in the order in which they were applied. */
export type ChangeSet = readonly Change[];

/** One step of the way from a revision to another. */
export interface ChangeStep {
  readonly step: 'undo' | 'apply';
  readonly change: Change;
}

/** Longest chain of bases: far more than there are revisions, less than a loop. */
const DEEPEST = 1000;

/**
 * Applies one step. Refused with `change-twice`, `missing-requirement`, `change-conflict` (something
 * in the set replaces it) or `change-not-there` (nothing to undo).
 */
export function applyStep(set: ChangeSet, { step, change }: ChangeStep): Result<ChangeSet> {
  const { id } = change;
  const present = set.some((c) => c.id === id);
  if (step === 'undo') {
    if (!present) return refused('change-not-there', id, 'is not in the set');
    const user = set.find((c) => c.requires.includes(id));
    if (user !== undefined) return refused('missing-requirement', id, `is needed by ${user.id}`);
    return ok(set.filter((c) => c.id !== id));
  }
  if (present) return refused('change-twice', id, 'is in the set already');
  const missing = change.requires.find((need) => !set.some((c) => c.id === need));
  if (missing !== undefined) return refused('missing-requirement', id, `needs ${missing}`);
  const winner = set.find((c) => c.replaces.includes(id));
  if (winner !== undefined) return refused('change-conflict', id, `${winner.id} replaces it`);
  const left = set.filter((c) => !change.replaces.includes(c.id));
  const orphan = left.find((c) => c.requires.some((need) => change.replaces.includes(need)));
  if (orphan !== undefined) {
    return refused('change-conflict', id, `it replaces what ${orphan.id} needs`);
  }
  return ok([...left, change]);
}

/** Applies steps in order; the first that is refused ends it. */
export function applySteps(set: ChangeSet, steps: readonly ChangeStep[]): Result<ChangeSet> {
  let done: Result<ChangeSet> = ok(set);
  for (const step of steps) {
    if (!done.ok) return done;
    done = applyStep(done.value, step);
  }
  return done;
}

const refused = (code: string, id: string, why: string): Result<never> =>
  fail(code, `change ${id}: ${why}`, { change: id });

/** Sets of revisions that were asked for: these never change. */
const KNOWN = new WeakMap<Revision, Result<ChangeSet>>();

/**
 * The changes that a revision is made of: those of its base, less what it undoes, plus its own.
 * An impossible set, or an id that nobody declared (`unknown-change`), is refused.
 */
export function changesOf(revision: Revision): Result<ChangeSet> {
  const known = KNOWN.get(revision) ?? collectChanges(revision);
  KNOWN.set(revision, known);
  return known;
}

function collectChanges(revision: Revision): Result<ChangeSet> {
  const line: Revision[] = [];
  for (let next: Revision | null = revision; next !== null; ) {
    if (line.push(next) > DEEPEST) {
      return fail('revision-loop', `revision ${revision.id} is built on itself`, {
        revision: revision.id,
      });
    }
    if (next.basedOn === null) break;
    const base = findRevision(next.basedOn);
    if (!base.ok) return base;
    next = base.value;
  }
  const steps: ChangeStep[] = [];
  for (const { undoes, changes } of line.reverse()) {
    for (const [step, ids] of [['undo', undoes] as const, ['apply', changes] as const]) {
      for (const id of ids) {
        const change = findChange(id);
        if (change === undefined) return refused('unknown-change', id, 'nobody declared it');
        steps.push({ step, change });
      }
    }
  }
  return applySteps([], steps);
}

/**
 * `A..B`: the steps that lead from one set to the other. What B lacks is undone first, newest
 * first, unless a change of B replaces it anyway; then B's own are applied in B's order. Applying
 * all steps to A gives the changes of B; bisect walks the list and `applyStep` keeps requirements.
 */
export function stepsBetween(from: ChangeSet, to: ChangeSet): readonly ChangeStep[] {
  const has = (set: ChangeSet, id: string): boolean => set.some((change) => change.id === id);
  const applied = to.filter((change) => !has(from, change.id));
  const undone = from.filter(
    ({ id }) => !has(to, id) && !applied.some((change) => change.replaces.includes(id)),
  );
  return [
    ...undone.reverse().map((change) => ({ step: 'undo' as const, change })),
    ...applied.map((change) => ({ step: 'apply' as const, change })),
  ];
}
