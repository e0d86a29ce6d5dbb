import { writeFileSync } from 'node:fs';
import { fail, ok, type Result } from '@pagewright/core';
import { type Bound, dotOf, scenarioOf } from '@pagewright/explore';
import type { BoundGround } from './bounds.js';
import type { ExploreOptions } from './options.js';
import { wayOf } from './search.js';
import { svgOf } from './svg.js';
import { titleOf } from './titles.js';

/** Writes a way to the files that were asked for. Codes: `unwritable`, and those of `wayOf`. */
export async function writeWay(
  bound: Bound,
  ground: BoundGround,
  actions: readonly number[],
  options: ExploreOptions,
): Promise<Result<undefined>> {
  const way = wayOf(bound, ground, actions);
  if (!way.ok) return way;
  const { steps, stepper } = way.value;
  const dot = () => dotOf(titleOf(bound, ground), steps);
  const wanted: [string | undefined, () => string | Promise<string>][] = [
    [options.export, () => scenarioOf(stepper, steps)],
    [options.dot, dot],
    [options.svg, () => svgOf(dot())],
  ];
  for (const [path, make] of wanted) {
    if (path === undefined) continue;
    const text = await make();
    try {
      writeFileSync(path, text);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      return fail('unwritable', `${path}: cannot be written (${code})`, { path });
    }
  }
  return ok(undefined);
}
