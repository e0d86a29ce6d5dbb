import { type EntryForm, isAbsentHelper, LEVELS, type Level } from '@pagewright/core';
import { titleOf } from './bit-tables.js';
import { formulaLines } from './formula.js';
import { grouped } from './markdown.js';
import { maskNames } from './mask-names.js';

/**
 * How each helper of a level is computed in the newest headers of each form, forms with the same
 * formulas together.
 */
export function formulasMarkdown(forms: readonly EntryForm[]): string[] {
  const newest = [...grouped(forms, ({ name }) => name).values()].flatMap((of) => of.slice(-1));
  return LEVELS.flatMap((level) => {
    const having = newest.filter((form) => form.helperNames(level).length > 0);
    const same = grouped(having, (form) => formulasOf(form, level).join('\n'));
    return [...same].flatMap(([formulas, sharing]) => [
      `### ${level}: ${titleOf(sharing)}`,
      '',
      '```',
      formulas,
      '```',
      '',
    ]);
  });
}

function formulasOf(form: EntryForm, level: Level): string[] {
  const present = maskNames(form, level, 'present');
  const absent = maskNames(form, level, 'absent');
  return form.helperNames(level).flatMap((name) => {
    const helper = form.helper(level, name);
    if (isAbsentHelper(helper)) return [];
    const lines = formulaLines(
      helper.body,
      /^swp_|swap|marker|uffd_wp_any/.test(name) ? absent : present,
    );
    const head = `${level}_${name}(${helper.params.join(', ')}) =`;
    return lines.length === 1 ? [`${head} ${lines[0]}`] : [head, ...lines.map((l) => `    ${l}`)];
  });
}
