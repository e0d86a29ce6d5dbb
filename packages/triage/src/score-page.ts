import { ORIGINS, type Score } from './score.js';

/** Releases that print alike, or in which the code is alike. */
function eraOf({ report }: Score): string {
  const [, major = '0', minor = '0'] = /^(\d{1,2})\.(\d{1,3})/.exec(report.kernel) ?? [];
  const number = Number(major) * 100 + Number(minor);
  if (number === 0) return 'release not known';
  if (number < 300) return '2.6';
  if (number < 500) return '3.0 to 4.20';
  if (number < 600) return '5.0 to 5.19';
  return number < 618 ? '6.0 to 6.17' : '6.18 and later';
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? '-' : `${((100 * part) / whole).toFixed(0)} %`;

/** How many of some reports came out right. */
function counted(scores: readonly Score[]) {
  const judged = scores.filter(({ counts }) => counts);
  return {
    reports: scores.length,
    kind: scores.filter(({ kindIsRight }) => kindIsRight).length,
    arch: scores.filter(({ arch }) => arch === 'right').length,
    undecided: scores.filter(({ arch }) => arch === 'undecided').length,
    judged: judged.length,
    first: judged.filter(({ rank }) => rank === 1).length,
    three: judged.filter(({ rank }) => rank >= 1 && rank <= 3).length,
  };
}

function table(title: string, groups: readonly (readonly [string, readonly Score[]])[]): string {
  const head = ['reports', 'kind', 'arch', 'undecided', 'cause known', 'first', 'among three'];
  const rows = groups.map(([name, scores]) => {
    const { reports, kind, arch, undecided, judged, first, three } = counted(scores);
    return `| ${[name, reports, kind, arch, undecided, judged, first, three].join(' | ')} |`;
  });
  return [
    `| ${[title, ...head].join(' | ')} |`,
    `| --- ${head.map(() => '| ---: ').join('')}|`,
    ...rows,
  ].join('\n');
}

function groupedBy(
  scores: readonly Score[],
  key: (score: Score) => string,
): (readonly [string, readonly Score[]])[] {
  const names = [...new Set(scores.map(key))].sort();
  return names.map((name) => [name, scores.filter((score) => key(score) === name)]);
}

/** docs/triage.md: what triage reaches on the known reports, and what these reports are. */
export function triageMarkdown(scores: readonly Score[]): string {
  const all = counted(scores);
  const wrong = scores.filter(({ certainIsWrong }) => certainIsWrong).length;
  const undecided = scores
    .filter(({ arch }) => arch === 'undecided')
    .map(({ report }) => report.id);
  const byOrigin = ORIGINS.flatMap((name) => {
    const some = scores.filter(({ origin }) => origin === name);
    return some.length === 0 ? [] : [[name, some] as const];
  });
  return `# What triage reaches

Generated from fixtures/badpage by \`node scripts/docs.mjs\`; do not edit. How to use it: \`pagewright triage --help\`, and [the command line](cli.md).

Of ${all.reports} reports that people sent to mailing lists and bug trackers, the text of the log alone given, the kind is right for ${all.kind}. The architecture is right for ${all.arch} and wrong for ${all.reports - all.arch - all.undecided}; ${all.undecided} show no sign of theirs, or signs of several: ${undecided.join(', ')}.

For ${all.judged} of them the thread says what the cause was. It is ranked first in ${all.first} (${percent(all.first, all.judged)}) and among the first three in ${all.three} (${percent(all.three, all.judged)}). A diagnosis that calls itself certain is wrong in ${wrong}. The rules were written with these reports at hand: of others, expect less.

In the tables, "first" and "among three" count the reports whose cause is known.

## Which of these reports really happen

${happens(scores)}

${table('what the kernel found', byOrigin)}

## By cause

${table(
  'cause',
  groupedBy(scores, ({ report }) => report.cause),
)}

## By architecture

${table(
  'architecture',
  groupedBy(scores, ({ report }) => report.arch),
)}

## By era

${table('kernel', groupedBy(scores, eraOf))}
`;
}

/** The answer in words, its numbers counted. */
function happens(scores: readonly Score[]): string {
  const maps = scores.filter(({ report }) => report.kind === 'bad_page_map');
  const of = (name: Score['origin']): readonly Score[] =>
    maps.filter(({ origin }) => origin === name);
  const [below, special, beyond, swap] = [
    of('mapcount below zero'),
    of('special where forbidden'),
    of('pfn beyond the memmap'),
    of('swap entry that no area has'),
  ];
  const known = (some: readonly Score[]): string => {
    const causes = groupedBy(
      some.filter(({ counts }) => counts),
      ({ report }) => report.cause,
    ).map(([name, { length }]) => `${name} ${length}`);
    return causes.length === 0 ? 'none with a known cause' : `known causes: ${causes.join(', ')}`;
  };
  return `Each kind occurs. ${maps.length} of the ${scores.length} reports are "Bad page map":

- A mapcount below zero, found after the entry was taken for an ordinary page: ${below.length} (${known(below)}). This check does not depend on the special mark or on the memory map.
- A special entry where the VMA allows none: ${special.length} (${known(special)}).
- A pfn beyond the memory map, or without struct page: ${beyond.length} (${known(beyond)}).
- An entry that is not present and that the swap layer does not know: ${swap.length} (${known(swap)}).

The sources are mailing lists, which see software bugs more often than bad memory. No report is in two rows, since the first check that fails is the one that speaks: without a check, the reports of its row are lost, or made later by another check, when the page is unmapped.`;
}
