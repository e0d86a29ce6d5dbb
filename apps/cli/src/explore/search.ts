import { ok, type Result } from '@pagewright/core';
import {
  type Bound,
  beginBound,
  countEnds,
  type EndsCount,
  type PathStep,
  replay,
  Search,
  type SearchLimits,
  type SearchResult,
  type Stepper,
  tokenOf,
} from '@pagewright/explore';
import { type LongSearchOptions, searchLong, writeCheckpoint } from '@pagewright/explore/node';
import { progressDone } from '../progress.js';
import type { BoundGround } from './bounds.js';
import { whileInterruptible } from './interrupt.js';
import { searchProgress } from './search-progress.js';
import type { ThreadWanted } from './thread-wanted.js';

/** How to search. */
export interface SearchChoice {
  readonly depth?: number;
  readonly states?: number;
  /** Bytes. */
  readonly memory?: number;
  /** Threads, this one included. Default: 1. */
  readonly workers?: number;
  readonly checkpoint?: string;
  /** Where to leave a checkpoint on Ctrl-C, if there is to be none before. */
  readonly checkpointOnInterrupt?: string;
  readonly resume?: string;
  /** What a bound calls interchangeable is so. Default: yes. */
  readonly symmetry?: boolean;
}

/** A way to something that is broken. */
export interface Way {
  /** Everything that is broken at its end. */
  readonly ids: readonly string[];
  readonly token: string;
  readonly steps: readonly PathStep[];
}

/** A bound that was searched on a form and a kernel. */
export interface Searched extends BoundGround {
  readonly bound: Bound;
  readonly result: SearchResult;
  readonly ways: readonly Way[];
  /** Ways to where no action is left, of a bound that asks how they end. */
  readonly ends?: EndsCount;
  /** Where the search can go on from, if it is not finished. */
  readonly checkpoint?: string;
  readonly seconds: number;
}

/** Seconds between two checkpoints. */
const CHECKPOINT_SECONDS = 30;

/** Searches a bound. Codes: those of `beginBound` and `searchLong`. */
export async function searchBound(
  bound: Bound,
  ground: BoundGround,
  choice: SearchChoice = {},
): Promise<Result<Searched>> {
  const { workers = 1, checkpoint, checkpointOnInterrupt, resume, symmetry = true } = choice;
  const begin = () => beginBound(bound, ground.form, ground.kernel, symmetry);
  const stepper = begin();
  if (!stepper.ok) return stepper;
  const began = performance.now();
  let left: string | undefined;
  const result = await whileInterruptible(async (isInterrupted) => {
    const limits: SearchLimits = {
      ...(choice.depth === undefined ? {} : { depth: choice.depth }),
      ...(choice.states === undefined ? {} : { states: choice.states }),
      ...(choice.memory === undefined ? {} : { memory: choice.memory }),
      mustStop: () => (isInterrupted() ? 'user' : undefined),
    };
    const search = new Search(stepper.value, limits, searchProgress(), workers > 1);
    const options: LongSearchOptions = {
      ...(workers > 1 ? { helpers: helpersFor(bound, ground, symmetry, workers - 1) } : {}),
      ...(checkpoint === undefined
        ? {}
        : { checkpoint: { file: checkpoint, seconds: CHECKPOINT_SECONDS } }),
      ...(resume === undefined ? {} : { resume }),
    };
    const found = await searchLong(search, options);
    if (!found.ok || found.value.finished) return found;
    if (checkpoint !== undefined) left = checkpoint;
    else if (found.value.stoppedBy === 'user' && checkpointOnInterrupt !== undefined) {
      const written = writeCheckpoint(search, checkpointOnInterrupt);
      if (!written.ok) return written;
      left = checkpointOnInterrupt;
    }
    return found;
  });
  progressDone();
  if (!result.ok) return result;
  const ways = waysOf(bound, ground, result.value);
  if (!ways.ok) return ways;
  const seconds = Math.round(performance.now() - began) / 1000;
  const ends = endsOf(bound, ground);
  return ok({
    bound,
    ...ground,
    result: result.value,
    ways: ways.value,
    ...(ends === undefined ? {} : { ends }),
    ...(left === undefined ? {} : { checkpoint: left }),
    seconds,
  });
}

/** Longest ways whose ends are counted. */
const LONGEST_WAY = 64;

function endsOf(bound: Bound, { form, kernel }: BoundGround): EndsCount | undefined {
  if (bound.file.ends === undefined) return undefined;
  const stepper = beginBound(bound, form, kernel, false);
  return stepper.ok ? countEnds(stepper.value, LONGEST_WAY) : undefined;
}

const helpersFor = ({ name }: Bound, ground: BoundGround, symmetry: boolean, count: number) => ({
  count,
  file: new URL('./explore-thread.js', import.meta.url),
  wanted: {
    path: name,
    form: ground.form.name,
    kernel: ground.kernel.revision.id,
    symmetry,
  } satisfies ThreadWanted,
});

/** The ways to what is broken, those that are one told once. */
function waysOf(bound: Bound, ground: BoundGround, result: SearchResult): Result<readonly Way[]> {
  const byToken = new Map<string, { ids: string[]; actions: readonly number[] }>();
  for (const { id, actions } of result.violations) {
    const known = byToken.get(tokenOf(actions));
    if (known === undefined) byToken.set(tokenOf(actions), { ids: [id], actions });
    else known.ids.push(id);
  }
  const ways: Way[] = [];
  for (const [token, { ids, actions }] of byToken) {
    const way = wayOf(bound, ground, actions);
    if (!way.ok) return way;
    ways.push({ ids, token, steps: way.value.steps });
  }
  return ok(ways);
}

/** A way that was gone from the beginning, and where it led. Codes: those of `beginBound` and `replay`. */
export function wayOf(
  bound: Bound,
  { form, kernel }: BoundGround,
  actions: readonly number[],
): Result<{ readonly steps: readonly PathStep[]; readonly stepper: Stepper }> {
  const stepper = beginBound(bound, form, kernel, false);
  if (!stepper.ok) return stepper;
  const steps = replay(stepper.value, actions);
  return steps.ok ? ok({ steps: steps.value, stepper: stepper.value }) : steps;
}
