import {
  type ChangeId,
  FORM_CHANGES,
  fail,
  type Kernel,
  kernelThatTells,
  kernelWith,
  ok,
  type Result,
  type Revision,
} from '@pagewright/core';
import type { FormSource } from '@pagewright/scenario';
import {
  configOf,
  groundOf,
  type Make,
  pathBetween,
  type StepText,
  stepText,
} from '@pagewright/scenario/parts';
import type { Bound } from '../format/parse.js';
import { explore } from '../search/explore.js';
import type { SearchLimits, SearchResult } from '../search/result.js';
import { beginningOf } from '../world/setup.js';

/** A change that alters what a search finds. */
export interface Altering {
  readonly change: StepText;
  readonly before: string;
  readonly after: string;
}

/** What became of a bound on the way from one kernel to another. */
export interface BoundBisection {
  /** What the search finds at the ends. */
  readonly from: string;
  readonly to: string;
  readonly altering: readonly Altering[];
  /** Changes on the way, and how often there was a search. */
  readonly steps: number;
  readonly searches: number;
}

/**
 * Walks from one kernel to another change by change, and finds those that make a search find something
 * else: what is broken, after how many actions, or that all holds. A kernel that answers all that a
 * search asked as another did has its result. Codes: those of `explore`, of `pathBetween`,
 * `nothing-to-run`.
 */
export function bisectBound(
  bound: Bound,
  source: FormSource,
  form: string,
  ends: readonly [Revision, Revision],
  limits: SearchLimits = {},
): Result<BoundBisection> {
  const makes: Make[] = [];
  for (const revision of ends) {
    const ground = groundOf(beginningOf(bound), source, form, revision);
    if (!ground.ok) return ground;
    if ('why' in ground.value) {
      return fail('nothing-to-run', `${bound.name}: ${form}, ${revision.id}: ${ground.value.why}`);
    }
    makes.push(makeOf(ground.value.kernel));
  }
  const [start, end] = makes as [Make, Make];
  const path = pathBetween(start, end);
  if (!path.ok) return path;
  const searches = new Searches(bound, source, form, limits);
  const found: string[] = [];
  for (const make of [start, ...path.value.map((station) => station.make)]) {
    const outcome = searches.outcomeOf(make);
    if (!outcome.ok) return outcome;
    found.push(outcome.value);
  }
  const altering = path.value.flatMap(({ step }, i) => {
    const [before = '', after = ''] = found.slice(i, i + 2);
    return before === after ? [] : [{ change: stepText(step), before, after }];
  });
  return ok({
    from: found[0] ?? '',
    to: found.at(-1) ?? '',
    altering,
    steps: path.value.length,
    searches: searches.count,
  });
}

const makeOf = ({ changes, revision: { headers } }: Kernel): Make => ({ changes, headers });

/** What a search found, in short: equal texts are equal outcomes. */
export function outcomeText({ violations, finished, stoppedBy }: SearchResult): string {
  const broken = violations.map(({ id, actions }) => `${id} after ${actions.length} actions`);
  if (broken.length > 0) return broken.sort().join(', ');
  return finished ? 'holds' : `no violation, stopped by ${stoppedBy}`;
}

/** Searches of kernels that are little apart. */
class Searches {
  count = 0;
  private readonly done: {
    readonly headers: Make['headers'];
    readonly answers: ReadonlyMap<ChangeId, boolean>;
    readonly outcome: string;
  }[] = [];

  constructor(
    private readonly bound: Bound,
    private readonly source: FormSource,
    private readonly form: string,
    private readonly limits: SearchLimits,
  ) {}

  outcomeOf({ changes, headers }: Make): Result<string> {
    const ids = new Set(changes.map(({ id }) => id));
    const known = this.done.find(
      (each) =>
        each.headers === headers && [...each.answers].every(([id, is]) => ids.has(id) === is),
    );
    if (known !== undefined) return ok(known.outcome);
    const revision: Revision = {
      ...{ id: 'a kernel between', specId: 'between', headers, basedOn: null, undoes: [] },
      changes: [...ids],
    };
    const form = this.source.form(this.form, revision);
    if (!form.ok) return form;
    const answers = new Map<ChangeId, boolean>(FORM_CHANGES.map((id) => [id, ids.has(id)]));
    const config = configOf(beginningOf(this.bound).file);
    const kernel = kernelThatTells(
      kernelWith(revision, changes, form.value.definition, config),
      (id) => answers.set(id, ids.has(id)),
    );
    this.count++;
    const result = explore(this.bound, form.value, kernel, this.limits);
    if (!result.ok) return result;
    const outcome = outcomeText(result.value);
    this.done.push({ headers, answers, outcome });
    return ok(outcome);
  }
}
