import {
  type ChangeId,
  FORM_CHANGES,
  fail,
  kernelThatTells,
  kernelWith,
  ok,
  type Result,
  type Revision,
} from '@pagewright/core';
import { type Bound, explore } from '@pagewright/explore';
import type { FormSource } from '@pagewright/scenario';
import {
  configOf,
  type Make,
  pathBetween,
  type StepText,
  stepText,
} from '@pagewright/scenario/parts';
import { twoKernels } from '../scenario/two-kernels.js';
import { groundFor } from './bounds.js';

/** A change that altered what a search finds. */
export interface Alteration {
  readonly change: StepText;
  readonly before: string;
  readonly after: string;
}

/** What searches between two kernels found. */
export interface BoundBisection {
  readonly from: string;
  readonly to: string;
  readonly form: string;
  readonly alterations: readonly Alteration[];
  /** Changes between the two, and how often the bound was searched. */
  readonly changes: number;
  readonly searches: number;
}

/**
 * Walks from one kernel to another change by change, and tells which of them alter what a search of the
 * bound finds broken. Codes: those of `twoKernels`, `groundFor`, `pathBetween` and `explore`.
 */
export function bisectBound(
  bound: Bound,
  source: FormSource,
  kernels: string,
  formName: string | undefined,
): Result<BoundBisection> {
  const two = twoKernels(kernels, '--bisect');
  if (!two.ok) return two;
  const ends: { readonly make: Make; readonly form: string }[] = [];
  for (const { id } of two.value) {
    const ground = groundFor(bound, source, { form: formName, kernel: id });
    if (!ground.ok) return ground;
    const { changes, revision } = ground.value.kernel;
    ends.push({ make: { changes, headers: revision.headers }, form: ground.value.form.name });
  }
  const [start, end] = ends;
  if (start === undefined || end === undefined) return fail('bad-usage', '--bisect: must be A..B');
  const path = pathBetween(start.make, end.make);
  if (!path.ok) return path;
  const searches = new Searches(bound, source, start.form, kernels);
  const alterations: Alteration[] = [];
  const beginning = searches.outcomeOf(start.make);
  if (!beginning.ok) return beginning;
  let before = beginning.value;
  for (const { step, make } of path.value) {
    const after = searches.outcomeOf(make);
    if (!after.ok) return after;
    if (after.value !== before) {
      alterations.push({ change: stepText(step), before, after: after.value });
    }
    before = after.value;
  }
  const [from, to] = two.value;
  return ok({
    from: from.id,
    to: to.id,
    form: start.form,
    alterations,
    changes: path.value.length,
    searches: searches.count,
  });
}

/** Searches of one bound on kernels that are little apart: what asks the same finds the same. */
class Searches {
  count = 0;
  readonly #done: {
    readonly headers: Make['headers'];
    readonly answers: ReadonlyMap<string, boolean>;
    readonly outcome: string;
  }[] = [];

  constructor(
    readonly bound: Bound,
    readonly source: FormSource,
    readonly form: string,
    readonly name: string,
  ) {}

  outcomeOf({ changes, headers }: Make): Result<string> {
    const ids = new Set(changes.map(({ id }) => id));
    const known = this.#done.find(
      (done) =>
        done.headers === headers && [...done.answers].every(([id, is]) => ids.has(id) === is),
    );
    if (known !== undefined) return ok(known.outcome);
    const answers = new Map<string, boolean>(FORM_CHANGES.map((id) => [id, ids.has(id)]));
    const { bound, source, name } = this;
    const revision: Revision = {
      ...{ id: name, specId: name, headers, basedOn: null, undoes: [] },
      changes: changes.map(({ id }) => id),
    };
    const form = source.form(this.form, revision);
    if (!form.ok) return form;
    const kernel = kernelWith(revision, changes, form.value.definition, configOf(bound.file));
    const tell = (id: ChangeId): unknown => answers.set(id, ids.has(id));
    const result = explore(bound, form.value, kernelThatTells(kernel, tell));
    if (!result.ok) return result;
    this.count += 1;
    const { violations, finished, stoppedBy } = result.value;
    const broken = [...new Set(violations.map(({ id }) => id))].join(', ');
    const outcome =
      violations.length > 0
        ? `${broken} after ${violations[0]?.actions.length}`
        : finished
          ? 'holds'
          : `stopped by ${stoppedBy}`;
    this.#done.push({ headers, answers, outcome });
    return ok(outcome);
  }
}
