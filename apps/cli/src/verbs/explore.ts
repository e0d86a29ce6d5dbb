import { writeFileSync } from 'node:fs';
import { fail, ok, type Result } from '@pagewright/core';
import { type Bound, dotOf, parseToken, scenarioOf } from '@pagewright/explore';
import type { Block } from '@pagewright/report';
import { type Command, InvalidArgumentError } from 'commander';
import { bisectBound } from '../explore/bisect.js';
import { type BoundGround, groundFor, readBound } from '../explore/bounds.js';
import { type Checked, checkBounds } from '../explore/check.js';
import { litmus } from '../explore/litmus.js';
import { type SearchChoice, searchBound, wayOf } from '../explore/search.js';
import { groundData, searchedData, stepData, wayData } from '../explore/searched-data.js';
import { foundLines, searchedLines, verdict } from '../explore/searched-lines.js';
import { walkBound } from '../explore/walk-at-random.js';
import { wayLines } from '../explore/way-lines.js';
import { readText, scenarioPaths } from '../scenario/files.js';
import { formSource } from '../scenario/forms.js';
import { type Answer, examples, type Reply } from '../verb.js';

interface ExploreOptions {
  readonly kernel?: string;
  readonly form?: string;
  readonly depth?: number;
  readonly memory?: number;
  readonly workers?: number;
  readonly checkpoint?: string;
  readonly resume?: string;
  readonly replay?: string;
  readonly export?: string;
  readonly dot?: string;
  readonly check?: true;
  readonly symmetry: boolean;
  readonly mode: string;
  readonly seed: number;
  readonly walks: number;
  readonly bisect?: string;
}

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
    .option('--no-symmetry', 'tell apart what the file calls interchangeable')
    .option('--mode <mode>', 'bfs, or random or swarm for what is too large (default: bfs)', 'bfs')
    .option('--seed <n>', 'seed of the first walk of a random mode (default: 1)', count, 1)
    .option('--walks <n>', 'walks of a random mode (default: 1000)', count, 1000)
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
            '      --export pin-and-write.yaml --dot pin-and-write.dot',
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
  if (options.check === true) return check(path, options);
  const text = readText(path);
  if (!text.ok) return text;
  if (/^scenario:/m.test(text.value)) return orders(path, options);
  const bound = readBound(path);
  if (!bound.ok) return bound;
  const { kernel, form, replay, mode } = options;
  if (options.bisect !== undefined) return bisect(bound.value, options.bisect, form);
  const ground = groundFor(bound.value, await formSource(), { kernel, form });
  if (!ground.ok) return ground;
  if (replay !== undefined) return goWay(bound.value, ground.value, replay, options);
  if (mode === 'bfs') return search(bound.value, ground.value, options);
  if (mode === 'random' || mode === 'swarm') return walk(bound.value, ground.value, options);
  return fail('bad-usage', `--mode "${mode.slice(0, 20)}": must be bfs, random or swarm`);
}

/** The orders of a scenario's unordered parts. */
async function orders(path: string, { form, kernel }: ExploreOptions): Promise<Result<Answer>> {
  const told = litmus(path, await formSource(), { form, kernel });
  if (!told.ok) return told;
  const { title, blocks, data, isGood } = told.value;
  return ok({ document: { title, blocks, data }, exitCode: isGood ? 0 : 1 });
}

async function bisect(
  bound: Bound,
  kernels: string,
  form: string | undefined,
): Promise<Result<Answer>> {
  const found = bisectBound(bound, await formSource(), kernels, form);
  if (!found.ok) return found;
  const { from, to, alterations, changes, searches } = found.value;
  const lines = alterations.flatMap(({ change, before, after }) => [
    `${change.id}: ${change.title}`,
    `  ${change.source}`,
    `  before: ${before}`,
    `  after:  ${after}`,
  ]);
  const count = `${changes} changes from ${from} to ${to}, ${searches} searches`;
  const nothing = alterations.length === 0 ? ['No change alters what is found.'] : lines;
  const data = {
    schema: 'pagewright/explore-bisect/1',
    bound: bound.file.bound,
    ...{ from, to, form: found.value.form, changes, searches },
    alterations: alterations.map(({ change, before, after }) => ({
      change: { ...change },
      before,
      after,
    })),
  };
  const title = `${bound.file.bound} (${found.value.form})`;
  return ok({
    document: { title, blocks: [verbatim([...nothing, `(${count})`])], data },
    exitCode: 0,
  });
}

/** Most actions of a walk that nobody limits. */
const LONGEST_WALK = 50;

function walk(bound: Bound, ground: BoundGround, options: ExploreOptions): Result<Answer> {
  const { mode, seed, walks, depth = bound.file.depth ?? LONGEST_WALK } = options;
  const walked = walkBound(bound, ground, { seed, walks, depth, swarm: mode === 'swarm' });
  if (!walked.ok) return walked;
  const { result, way } = walked.value;
  const counts = `${result.walks} walks, ${result.transitions} transitions`;
  const lines =
    way === undefined
      ? [`no violation in ${counts} from seed ${seed} on`]
      : [`violated by the walk of seed ${result.seed} (${counts})`, '', ...foundLines(bound, way)];
  const data = {
    schema: 'pagewright/explore-walks/1',
    bound: bound.file.bound,
    ...groundData(ground),
    ...{ mode, seed, walks: result.walks, transitions: result.transitions, cut: result.cut },
    foundBySeed: result.seed ?? null,
    violations: way === undefined ? [] : [...wayData(way)],
  };
  const document = { title: titleOf(bound, ground), blocks: [verbatim(lines)], data };
  return ok({ document, exitCode: way === undefined ? 0 : 1 });
}

const titleOf = ({ file }: Bound, { form, kernel }: BoundGround): string =>
  `${file.bound} (${form.name}, ${kernel.revision.id})`;

const verbatim = (lines: readonly string[]): Block => ({ kind: 'verbatim', lines });

async function search(
  bound: Bound,
  ground: BoundGround,
  options: ExploreOptions,
): Promise<Result<Answer>> {
  const searched = await searchBound(bound, ground, choiceOf(options));
  if (!searched.ok) return searched;
  const { violations } = searched.value.result;
  const [first] = violations;
  if (first !== undefined) {
    const written = writeWay(bound, ground, first.actions, options);
    if (!written.ok) return written;
  }
  const blocks = [verbatim(searchedLines(searched.value))];
  const document = { title: titleOf(bound, ground), blocks, data: searchedData(searched.value) };
  return ok({ document, exitCode: violations.length === 0 ? 0 : 1 });
}

const choiceOf = (options: ExploreOptions): SearchChoice => {
  const { depth, memory, workers, checkpoint, resume, symmetry } = options;
  return {
    symmetry,
    ...(depth === undefined ? {} : { depth }),
    ...(memory === undefined ? {} : { memory: memory * 2 ** 20 }),
    ...(workers === undefined ? {} : { workers }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(resume === undefined ? {} : { resume }),
  };
};

function goWay(
  bound: Bound,
  ground: BoundGround,
  token: string,
  options: ExploreOptions,
): Result<Answer> {
  const actions = parseToken(bound, token);
  if (!actions.ok) return actions;
  const way = wayOf(bound, ground, actions.value);
  if (!way.ok) return way;
  const written = writeWay(bound, ground, actions.value, options);
  if (!written.ok) return written;
  const { steps } = way.value;
  const data = {
    schema: 'pagewright/explore-replay/1',
    bound: bound.file.bound,
    ...groundData(ground),
    token,
    steps: steps.map(stepData),
  };
  const document = {
    title: titleOf(bound, ground),
    blocks: [verbatim(wayLines(bound, steps))],
    data,
  };
  return ok({ document, exitCode: steps.some(({ broken }) => broken.length > 0) ? 1 : 0 });
}

/** Writes a way to the files that were asked for. */
function writeWay(
  bound: Bound,
  ground: BoundGround,
  actions: readonly number[],
  options: ExploreOptions,
): Result<undefined> {
  const way = wayOf(bound, ground, actions);
  if (!way.ok) return way;
  const { steps, stepper } = way.value;
  const wanted: [string | undefined, () => string][] = [
    [options.export, () => scenarioOf(stepper, steps)],
    [options.dot, () => dotOf(titleOf(bound, ground), steps)],
  ];
  for (const [path, make] of wanted) {
    if (path === undefined) continue;
    try {
      writeFileSync(path, make());
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      return fail('unwritable', `${path}: cannot be written (${code})`, { path });
    }
  }
  return ok(undefined);
}

async function check(path: string, options: ExploreOptions): Promise<Result<Answer>> {
  const paths = scenarioPaths(path);
  if (!paths.ok) return paths;
  const checked = await checkBounds(paths.value, await formSource(), choiceOf(options));
  if (!checked.ok) return checked;
  const wrong = checked.value.filter((each) => each.wrong.length > 0);
  const blocks = [
    verbatim(checked.value.flatMap(checkedLines)),
    verbatim([
      `${amount(paths.value.length, 'bound')}, ${amount(checked.value.length, 'search', 'searches')}, ` +
        `${wrong.length} not as expected`,
    ]),
  ];
  const searches = checked.value.map(({ searched, wrong: mistakes }) => ({
    ...searchedData(searched),
    file: searched.bound.name,
    wrong: [...mistakes],
  }));
  const data = { schema: 'pagewright/explore-check/1', searches };
  return ok({ document: { blocks, data }, exitCode: wrong.length === 0 ? 0 : 1 });
}

const amount = (number: number, one: string, several = `${one}s`): string =>
  `${number} ${number === 1 ? one : several}`;

function checkedLines({ searched, wrong }: Checked): string[] {
  const { bound, form, kernel, result } = searched;
  const mark = wrong.length === 0 ? 'ok    ' : 'FAILED';
  const broken = result.violations.map(({ id }) => id).join(', ');
  const what = broken === '' ? '' : `: ${broken} after ${result.violations[0]?.actions.length}`;
  return [
    `${mark} ${bound.name} (${form.name}, ${kernel.revision.id}): ${verdict(result)}${what}`,
    ...wrong.map((line) => `         ${line}`),
  ];
}
