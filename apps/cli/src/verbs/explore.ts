import { fail, ok, type Result } from '@pagewright/core';
import { type Command, InvalidArgumentError } from 'commander';
import { bisectAnswer } from '../explore/bisect-answer.js';
import { groundFor, readBound } from '../explore/bounds.js';
import { checkAnswer } from '../explore/check-answer.js';
import { litmus } from '../explore/litmus.js';
import type { ExploreOptions } from '../explore/options.js';
import { searchAnswer } from '../explore/search-answer.js';
import { walksAnswer } from '../explore/walks-answer.js';
import { wayAnswer } from '../explore/way-answer.js';
import { readText } from '../scenario/files.js';
import { formSource } from '../scenario/forms.js';
import { type Answer, examples, type Reply } from '../verb.js';

/** `pagewright explore`. */
export function define(command: Command, reply: Reply): void {
  command
    .argument('<bound>', 'a bound file, or a scenario with unordered parts')
    .option('--kernel <kernel>', 'on this kernel (default: the first that the file names)')
    .option('--form <form>', 'on this form (default: the first that the file names)')
    .option('--depth <n>', 'no more actions in a row than this', count)
    .option('--memory <MB>', 'no more memory for states than this (default: 1024)', count)
    .option('--workers <n>', 'as many threads (default: 1)', threads)
    .option('--checkpoint <file>', 'leave where the search is here, now and then and when it stops')
    .option('--resume <file>', 'go on from a checkpoint')
    .option('--replay <token>', 'go the way that a search has found, in place of a search')
    .option('--export <file>', 'write the way of --replay, or the first found, as a scenario')
    .option('--dot <file>', 'write that way as a graph for Graphviz')
    .option('--svg <file>', 'write that way as a picture')
    .option('--no-symmetry', 'tell apart what the file calls interchangeable')
    .option('--mode <mode>', 'bfs, or random or swarm for what is too large', 'bfs')
    .option('--seed <n>', 'seed of the first walk of a random mode', count, 1)
    .option('--walks <n>', 'walks of a random mode', count, 1000)
    .option('--bisect <A..B>', 'name the changes between two kernels that alter what is found')
    .option('--check', 'search all bounds of a folder on all their kernels, and compare')
    .addHelpText(
      'after',
      examples(
        [
          'pagewright explore fixtures/bounds/anon-vma-first-double-use.yaml',
          'The shortest way to a broken invariant',
        ],
        [
          'pagewright explore fixtures/bounds/anon-vma-first-double-use.yaml \\\n' +
            '      --kernel rmap-log/10',
          'The same on a kernel with the fix',
        ],
        [
          'pagewright explore fixtures/bounds/pin-and-write.yaml \\\n' +
            '      --export pin-and-write.yaml --svg pin-and-write.svg',
          'What was found, as a scenario that runs and as a picture',
        ],
        [
          'pagewright explore fixtures/bounds/pin-and-write.yaml \\\n' +
            '      --bisect rmap-log/0..rmap-log/10',
          'Which patch of a series ends it',
        ],
        ['pagewright explore fixtures/bounds/fork-cow.yaml --mode swarm', 'Walks at random'],
        [
          'pagewright explore fixtures/scenarios/race-no-flush.yaml',
          'How often the orders of racing steps end in what',
        ],
        [
          'pagewright explore fixtures/bounds/pin-and-write.yaml --replay 3-4-1',
          'A way that somebody has sent, by its token',
        ],
      ),
    )
    .action((path: string, options: ExploreOptions) => reply(explore(path, options)));
}

function count(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('it must be a number from 1 on');
}

/** Threads that a search can have. */
const MOST_THREADS = 16;

function threads(text: string): number {
  const wanted = count(text);
  if (wanted <= MOST_THREADS) return wanted;
  throw new InvalidArgumentError(`there can be ${MOST_THREADS}`);
}

/** Searches a bound, goes a way, or checks what bounds expect: code 1 where something is broken. */
async function explore(path: string, options: ExploreOptions): Promise<Result<Answer>> {
  if (options.check === true) return checkAnswer(path, options);
  const text = readText(path);
  if (!text.ok) return text;
  if (/^scenario:/m.test(text.value)) return orders(path, options);
  const bound = readBound(path);
  if (!bound.ok) return bound;
  const { kernel, form, replay, mode } = options;
  if (options.bisect !== undefined) return bisectAnswer(bound.value, options.bisect, form);
  const ground = groundFor(bound.value, await formSource(), { kernel, form });
  if (!ground.ok) return ground;
  if (replay !== undefined) return wayAnswer(bound.value, ground.value, replay, options);
  if (mode === 'bfs') return searchAnswer(bound.value, ground.value, options);
  if (mode === 'random' || mode === 'swarm') return walksAnswer(bound.value, ground.value, options);
  return fail('bad-usage', `--mode "${mode.slice(0, 20)}": must be bfs, random or swarm`);
}

/** The orders of a scenario's unordered parts. */
async function orders(path: string, { form, kernel }: ExploreOptions): Promise<Result<Answer>> {
  const told = litmus(path, await formSource(), { form, kernel });
  if (!told.ok) return told;
  const { title, blocks, data, isGood } = told.value;
  return ok({ document: { title, blocks, data }, exitCode: isGood ? 0 : 1 });
}
