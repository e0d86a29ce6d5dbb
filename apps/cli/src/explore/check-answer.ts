import { ok, type Result } from '@pagewright/core';
import type { ExploreCheckOutput } from '../outputs/explore.js';
import { scenarioPaths } from '../scenario/files.js';
import { formSource } from '../scenario/forms.js';
import type { Answer } from '../verb.js';
import { type Checked, checkBounds } from './check.js';
import { choiceOf, type ExploreOptions } from './options.js';
import { searchedData } from './searched-data.js';
import { verdict } from './searched-lines.js';
import { verbatim } from './titles.js';

/** Searches all bounds of a folder. Codes: those of `scenarioPaths` and `checkBounds`. */
export async function checkAnswer(path: string, options: ExploreOptions): Promise<Result<Answer>> {
  const paths = scenarioPaths(path);
  if (!paths.ok) return paths;
  const all = await checkBounds(paths.value, await formSource(), choiceOf(options));
  if (!all.ok) return all;
  const { checked, isInterrupted } = all.value;
  const wrong = checked.filter((each) => each.wrong.length > 0);
  const blocks = [
    verbatim(checked.flatMap(checkedLines)),
    verbatim([
      `${amount(new Set(checked.map(({ searched }) => searched.bound.name)).size, 'bound')}, ` +
        `${amount(checked.length, 'search', 'searches')}, ${wrong.length} not as expected`,
    ]),
  ];
  const searches = checked.map(({ searched, wrong: mistakes }) => ({
    ...searchedData(searched),
    file: searched.bound.name,
    wrong: [...mistakes],
  }));
  const data: ExploreCheckOutput = { schema: 'pagewright/explore-check/1', searches };
  return ok({
    document: { blocks, data },
    exitCode: wrong.length === 0 ? 0 : 1,
    ...(isInterrupted ? { problem: INTERRUPTED } : {}),
  });
}

const INTERRUPTED = { code: 'interrupted', message: 'interrupted before all bounds were searched' };

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
