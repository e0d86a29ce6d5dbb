import { ok, type Result } from '@pagewright/core';
import type { Bound } from '@pagewright/explore';
import type { WalksOutput } from '../outputs/explore.js';
import type { Answer } from '../verb.js';
import type { BoundGround } from './bounds.js';
import type { ExploreOptions } from './options.js';
import { groundData, wayData } from './searched-data.js';
import { foundLines } from './searched-lines.js';
import { titleOf, verbatim } from './titles.js';
import { walkBound } from './walk-at-random.js';
import { writeWay } from './write-way.js';

/** Most actions of a walk that nobody limits. */
const LONGEST_WALK = 50;

/** Walks at random until something breaks. Codes: those of `walkBound` and `writeWay`. */
export async function walksAnswer(
  bound: Bound,
  ground: BoundGround,
  options: ExploreOptions,
): Promise<Result<Answer>> {
  const { mode, seed, walks, depth = bound.file.depth ?? LONGEST_WALK } = options;
  const walked = await walkBound(bound, ground, { seed, walks, depth, swarm: mode === 'swarm' });
  if (!walked.ok) return walked;
  const { result, way } = walked.value;
  if (result.violation !== undefined) {
    const written = await writeWay(bound, ground, result.violation.actions, options);
    if (!written.ok) return written;
  }
  const counts = `${result.walks} walks, ${result.transitions} transitions`;
  const lines =
    way === undefined
      ? [`no violation in ${counts} from seed ${seed} on`]
      : [`violated by the walk of seed ${result.seed} (${counts})`, '', ...foundLines(bound, way)];
  const data: WalksOutput = {
    schema: 'pagewright/explore-walks/1',
    bound: bound.file.bound,
    ...groundData(ground),
    mode: mode === 'swarm' ? 'swarm' : 'random',
    ...{ seed, walks: result.walks, transitions: result.transitions, cut: result.cut },
    foundBySeed: result.seed ?? null,
    violations: way === undefined ? [] : [...wayData(way)],
  };
  const document = { title: titleOf(bound, ground), blocks: [verbatim(lines)], data };
  return ok({ document, exitCode: way === undefined ? 0 : 1 });
}
