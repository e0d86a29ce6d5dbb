import { basename, extname } from 'node:path';
import { ok, type Result } from '@pagewright/core';
import type { Bound } from '@pagewright/explore';
import type { Answer } from '../verb.js';
import type { BoundGround } from './bounds.js';
import { choiceOf, type ExploreOptions } from './options.js';
import { searchBound } from './search.js';
import { searchedData } from './searched-data.js';
import { searchedLines } from './searched-lines.js';
import { titleOf, verbatim } from './titles.js';
import { writeWay } from './write-way.js';

/** Searches a bound, and writes the first way that was found. Codes: those of `searchBound`, `writeWay`. */
export async function searchAnswer(
  bound: Bound,
  ground: BoundGround,
  options: ExploreOptions,
): Promise<Result<Answer>> {
  const searched = await searchBound(bound, ground, {
    ...choiceOf(options),
    checkpointOnInterrupt: `${basename(bound.name, extname(bound.name))}.checkpoint`,
  });
  if (!searched.ok) return searched;
  const { violations } = searched.value.result;
  const [first] = violations;
  if (first !== undefined) {
    const written = await writeWay(bound, ground, first.actions, options);
    if (!written.ok) return written;
  }
  const blocks = [verbatim(searchedLines(searched.value))];
  const document = { title: titleOf(bound, ground), blocks, data: searchedData(searched.value) };
  return ok({ document, exitCode: violations.length === 0 ? 0 : 1 });
}
