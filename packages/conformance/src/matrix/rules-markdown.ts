import { hex, REVISIONS, RULES } from '@pagewright/core';
import { CHANGE_TEXTS } from '@pagewright/core/texts';
import { rulesMatrix } from '../decisions/rules-matrix.js';
import { table } from './markdown.js';

/**
 * docs/rules.md: every reason that a verdict can carry, the changes that distinguish the kernels,
 * and the table of SPEC 18.3 over all revisions. Throws when a revision is impossible: our mistake.
 */
export function rulesMarkdown(): string {
  const revisions = REVISIONS.map(({ id }) => id);
  const matrix = rulesMatrix(revisions);
  if (!matrix.ok) throw new Error(matrix.problem.message);
  const rules = Object.values(RULES).map(({ id, sentence, source }) => [
    `\`${id}\``,
    sentence,
    source.kernel,
    source.spec,
  ]);
  const changes = Object.entries(CHANGE_TEXTS).map(([id, { subject, source, effect }]) => [
    `\`${id}\``,
    subject ?? '',
    effect,
    source,
  ]);
  const classes = matrix.value.classes.flatMap(({ class: name, meaning, rows }) => [
    `### Class ${name}: ${meaning}`,
    '',
    ...table(
      ['row', 'level', 'VMA', 'offset', 'entry', ...revisions],
      rows.map(({ id, level, vma, offset, entry, cells }) => [
        id,
        level,
        vma,
        hex(offset),
        entry,
        ...cells.map(({ answer }) => answer),
      ]),
    ),
  ]);
  const lines = [
    '# The rules of vm_normal_page()',
    '',
    'Generated from the rules by `node scripts/docs.mjs`; do not edit. Sections are those of',
    '[the semantics](semantics/README.md).',
    '',
    '## Reasons',
    '',
    ...table(['rule', 'what it says of an entry', 'kernel', 'section'], rules),
    '## Changes between kernels',
    '',
    ...table(['change', 'subject', 'what differs after it', 'section'], changes),
    '## Answers by revision',
    '',
    ...classes,
  ];
  return lines.join('\n').trimEnd().concat('\n');
}
