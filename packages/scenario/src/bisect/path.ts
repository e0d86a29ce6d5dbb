import {
  applyStep,
  type ChangeSet,
  type ChangeStep,
  fail,
  HEADER_GENERATIONS,
  type HeaderGeneration,
  ok,
  type Result,
  stepsBetween,
} from '@pagewright/core';

/** One step of a walk: a change that comes or goes, or the headers of another generation. */
export type WalkStep =
  | ChangeStep
  | { readonly step: 'headers'; readonly headers: HeaderGeneration };

/** A kernel between two others: what it is made of. */
export interface Make {
  readonly changes: ChangeSet;
  readonly headers: HeaderGeneration;
}

/** A kernel on the way, and the step that led to it. */
export interface Station {
  readonly step: WalkStep;
  readonly make: Make;
}

/**
 * The kernels on the way from one to another, one step apart. A step that is refused is put off until
 * what it needs is there. Newer headers come last, older ones first: they know no entries of before.
 * Code `no-way` where a step stays refused.
 */
export function pathBetween(from: Make, to: Make): Result<readonly Station[]> {
  const stations: Station[] = [];
  let { changes } = from;
  let { headers } = from;
  const moveHeaders = (): void => {
    if (headers === to.headers) return;
    headers = to.headers;
    stations.push({ step: { step: 'headers', headers }, make: { changes, headers } });
  };
  const generation = (make: Make): number => HEADER_GENERATIONS.indexOf(make.headers);
  if (generation(to) < generation(from)) moveHeaders();
  const waiting = [...stepsBetween(from.changes, to.changes)];
  while (waiting.length > 0) {
    const next = waiting.findIndex((step) => applyStep(changes, step).ok);
    const step = waiting[next];
    if (step === undefined) {
      const ids = waiting.map(({ change }) => change.id).join(', ');
      return fail('no-way', `no way leads from one kernel to the other: ${ids} stays refused`);
    }
    waiting.splice(next, 1);
    const applied = applyStep(changes, step);
    if (!applied.ok) return applied;
    changes = applied.value;
    stations.push({ step, make: { changes, headers } });
  }
  moveHeaders();
  return ok(stations);
}
