import { ok, type Result } from '@pagewright/core';
import { type Bound, parseToken } from '@pagewright/explore';
import type { ReplayOutput } from '../outputs/explore.js';
import type { Answer } from '../verb.js';
import type { BoundGround } from './bounds.js';
import type { ExploreOptions } from './options.js';
import { wayOf } from './search.js';
import { groundData, stepData } from './searched-data.js';
import { titleOf, verbatim } from './titles.js';
import { wayLines } from './way-lines.js';
import { writeWay } from './write-way.js';

/** Goes the way of a token again. Codes: those of `parseToken`, `wayOf` and `writeWay`. */
export async function wayAnswer(
  bound: Bound,
  ground: BoundGround,
  token: string,
  options: ExploreOptions,
): Promise<Result<Answer>> {
  const actions = parseToken(bound, token);
  if (!actions.ok) return actions;
  const way = wayOf(bound, ground, actions.value);
  if (!way.ok) return way;
  const written = await writeWay(bound, ground, actions.value, options);
  if (!written.ok) return written;
  const { steps } = way.value;
  const data: ReplayOutput = {
    schema: 'pagewright/explore-replay/1',
    bound: bound.file.bound,
    ...groundData(ground),
    token,
    steps: steps.map(stepData),
  };
  const blocks = [verbatim(wayLines(bound, steps))];
  const exitCode = steps.some(({ broken }) => broken.length > 0) ? 1 : 0;
  return ok({ document: { title: titleOf(bound, ground), blocks, data }, exitCode });
}
