import { LAW_GROUPS, type Law } from '../laws/index.js';

/** docs/laws.md: every law with its sentence and source, by group. A pure function of the laws. */
export function lawsMarkdown(laws: readonly Law[]): string {
  const groups = LAW_GROUPS.flatMap((group) => {
    const own = laws.filter((law) => law.group === group);
    return own.length === 0 ? [] : [`## ${capital(group)}`, '', ...own.flatMap(lawLines)];
  });
  return [
    '# The laws',
    '',
    'Generated from the laws by `node scripts/docs.mjs`; do not edit.',
    '',
    `${laws.length} laws that every form keeps, at every level that has what they are about; \`pxx\``,
    'stands for the level. Each runs over all protections, entries built from them, every single bit',
    'and its complement, the constants of the helpers, and words that look random and are always the',
    'same. "Over" says what a law is given.',
    '',
    ...groups,
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const lawLines = ({ id, sentence, source, over, except }: Law): string[] => [
  `### \`${id}\``,
  '',
  sentence,
  '',
  `Over: ${over}. Source: ${source}.`,
  ...(except === undefined ? [] : ['', `Not: ${except}`]),
  '',
];
