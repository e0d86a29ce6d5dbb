import { writeFileSync } from 'node:fs';
import { fail, ok, type Result } from '@pagewright/core';
import { type Bound, dotOf, parseToken, scenarioOf } from '@pagewright/explore';
import type { Block } from '@pagewright/report';
import { type Command, InvalidArgumentError } from 'commander';
import { type BoundGround, groundFor, readBound } from '../explore/bounds.js';
import { type Checked, checkBounds } from '../explore/check.js';
import { type SearchChoice, searchBound, wayOf } from '../explore/search.js';
import { groundData, searchedData, stepData } from '../explore/searched-data.js';
import { searchedLines, verdict } from '../explore/searched-lines.js';
import { wayLines } from '../explore/way-lines.js';
import { scenarioPaths } from '../scenario/files.js';
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
}

/** `pagewright explore`. */
export function define(command: Command, reply: Reply): void {
  command
    .argument('<bound>', 'a bound file; with --check also a folder of them')
    .option('--kernel <kernel>', 'on this kernel (default: the first that the file names)')
    .option('--form <form>', 'on this form (default: the first that the file names)')
    .option('--depth <n>', 'no more actions in a row than this', count)
    .option('--memory <MB>', 'no more memory for states than this (default: 1024)', count)
    .option('--workers <n>', 'as many threads (default: 1)', count)
    .option('--checkpoint <file>', 'leave where the search is here, now and then and when it stops')
    .option('--resume <file>', 'go on from a checkpoint')
    .option('--replay <token>', 'go the way that a search has found, in place of a search')
    .option('--export <file>', 'write the way of --replay, or the first found, as a scenario')
    .option('--dot <file>', 'write that way as a graph for Graphviz')
    .option('--check', 'search on all kernels that files name, and compare with what they expect')
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

/** Searches a bound, goes a way, or checks what bounds expect: code 1 where something is broken. */
async function explore(path: string, options: ExploreOptions): Promise<Result<Answer>> {
  if (options.check === true) return check(path, options);
  const bound = readBound(path);
  if (!bound.ok) return bound;
  const { kernel, form, replay } = options;
  const ground = groundFor(bound.value, await formSource(), { kernel, form });
  if (!ground.ok) return ground;
  return replay === undefined
    ? search(bound.value, ground.value, options)
    : goWay(bound.value, ground.value, replay, options);
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
  const { depth, memory, workers, checkpoint, resume } = options;
  return {
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
      `${paths.value.length} bounds, ${checked.value.length} searches, ${wrong.length} not as expected`,
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
