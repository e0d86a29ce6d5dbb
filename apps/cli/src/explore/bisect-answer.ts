import { ok, type Result } from '@pagewright/core';
import { type Bound, bisectBound } from '@pagewright/explore';
import type { ExploreBisectOutput } from '../outputs/explore.js';
import { formSource } from '../scenario/forms.js';
import { twoKernels } from '../scenario/two-kernels.js';
import type { Answer } from '../verb.js';
import { formOf } from './bounds.js';
import { verbatim } from './titles.js';

/** Names the changes between two kernels that alter what a search finds. Codes: those of `bisectBound`. */
export async function bisectAnswer(
  bound: Bound,
  kernels: string,
  form = formOf(bound),
): Promise<Result<Answer>> {
  const two = twoKernels(kernels, '--bisect');
  if (!two.ok) return two;
  const found = bisectBound(bound, await formSource(), form, two.value);
  if (!found.ok) return found;
  const { altering, steps, searches } = found.value;
  const [from, to] = two.value;
  const lines = altering.flatMap(({ change, before, after }) => [
    `${change.id}: ${change.title}`,
    `  ${change.source}`,
    `  before: ${before}`,
    `  after:  ${after}`,
  ]);
  const count = `${steps} changes from ${from.id} to ${to.id}, ${searches} searches`;
  const nothing = altering.length === 0 ? ['No change alters what is found.'] : lines;
  const data: ExploreBisectOutput = {
    schema: 'pagewright/explore-bisect/1',
    bound: bound.file.bound,
    ...{ from: from.id, to: to.id, form, changes: steps, searches },
    alterations: altering.map(({ change, before, after }) => ({
      change: { ...change },
      before,
      after,
    })),
  };
  const title = `${bound.file.bound} (${form})`;
  const blocks = [verbatim([...nothing, `(${count})`])];
  return ok({ document: { title, blocks, data }, exitCode: 0 });
}
