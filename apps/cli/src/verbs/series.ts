import { fail, ok, type Result, SERIES, type Series } from '@pagewright/core';
import { type Review, review, seriesData } from '@pagewright/scenario';
import type { Command } from 'commander';
import type { SeriesOutput } from '../outputs/scenario.js';
import { progress, progressDone } from '../progress.js';
import { formSource } from '../scenario/forms.js';
import { patchBlocks, seriesBlock } from '../series/series-blocks.js';
import { shippedScenarios } from '../series/shipped-scenarios.js';
import { type Answer, examples, type Reply } from '../verb.js';

interface SeriesOptions {
  readonly patch?: string;
}

/** `pagewright series`. */
export function define(command: Command, reply: Reply): void {
  command
    .argument('[name]', `one of ${SERIES.map(({ name }) => name).join(', ')} (default: all)`)
    .option('--patch <n>', 'one patch, with its scenarios before and after it')
    .addHelpText(
      'after',
      examples(
        ['pagewright series zeropage-v2', 'What each patch claims, and what runs show'],
        ['pagewright series rfc-2025-06 --patch 1', 'One patch, before and after'],
        ['pagewright series rmap-log --json', 'The same as JSON'],
      ),
    )
    .action((name: string | undefined, options: SeriesOptions) => reply(series(name, options)));
}

/** The patches of a series, or of all, held against runs: code 1 where these say otherwise. */
export async function series(
  name: string | undefined,
  { patch }: SeriesOptions,
): Promise<Result<Answer>> {
  const chosen = SERIES.filter((each) => name === undefined || each.name === name);
  const [first] = chosen;
  if (first === undefined) {
    const known = SERIES.map((each) => each.name).join(', ');
    return fail('unknown-series', `unknown series "${name?.slice(0, 40)}"; known: ${known}`);
  }
  if (patch === undefined) return reviewed(chosen);
  if (name === undefined) return fail('bad-usage', '--patch goes with the name of a series');
  const number = first.states.find((state) => String(state.patch) === patch)?.patch;
  if (number !== undefined) return reviewed([first], number);
  const count = first.states.filter((state) => state.patch !== undefined).length;
  return fail('bad-usage', `--patch "${patch.slice(0, 40)}": ${name} has patches 1 to ${count}`);
}

async function reviewed(chosen: readonly Series[], patch?: number): Promise<Result<Answer>> {
  const scenarios = shippedScenarios(chosen);
  if (!scenarios.ok) return scenarios;
  const source = await formSource();
  const reviews: Review[] = [];
  try {
    for (const each of chosen) {
      progress(each.name);
      const result = review(each, scenarios.value, source, patch);
      if (!result.ok) return result;
      reviews.push(result.value);
    }
  } finally {
    progressDone();
  }
  const patches = reviews.flatMap((each) => each.patches);
  const data: SeriesOutput = { schema: 'pagewright/series/1', series: reviews.map(seriesData) };
  const exitCode = patches.every(({ holds }) => holds) ? 0 : 1;
  const [only] = patches;
  if (patch === undefined || only === undefined) {
    return ok({ document: { blocks: reviews.map(seriesBlock), data }, exitCode });
  }
  const title = `${chosen[0]?.name} patch ${only.n}: ${only.title}`;
  return ok({ document: { title, blocks: patchBlocks(only), data }, exitCode });
}
