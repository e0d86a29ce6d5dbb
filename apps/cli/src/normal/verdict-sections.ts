import { type Section, type Span, span, type Text } from '@pagewright/report';
import type { RuleData, VerdictData } from './verdict-data.js';

/** Verdicts for people: neighbouring revisions with the same answer and reasons share a section. */
export function verdictSections(verdicts: readonly VerdictData[]): readonly Section[] {
  const groups: [VerdictData, ...VerdictData[]][] = [];
  for (const verdict of verdicts) {
    const last = groups.at(-1);
    if (last !== undefined && likeness(last[0]) === likeness(verdict)) last.push(verdict);
    else groups.push([verdict]);
  }
  return groups.map(groupSection);
}

const likeness = ({ kernel: _kernel, headers: _headers, ...rest }: VerdictData): string =>
  JSON.stringify(rest);

function groupSection(group: readonly [VerdictData, ...VerdictData[]]): Section {
  const [verdict] = group;
  return {
    kind: 'section',
    title: [span(`${kernels(group)}: `, 'strong'), answerText(verdict)],
    blocks: [
      {
        kind: 'table',
        columns: [{ title: '' }, { title: '' }],
        rows: [
          ...verdict.because.map((rule) => ruleRow('because', rule)),
          ...verdict.warns.map((rule) => ruleRow('warns', rule)),
        ],
      },
    ],
  };
}

/** `v6.1`, or the first and the last of a run of revisions in the order of the list. */
function kernels(group: readonly [VerdictData, ...VerdictData[]]): string {
  const [first] = group;
  const last = group.at(-1) ?? first;
  return group.length === 1 ? first.kernel : `${first.kernel} to ${last.kernel}`;
}

function answerText({ answer, page, via }: VerdictData): Span {
  switch (answer) {
    case 'page':
      return span(via === 'hook' ? 'the page that the hook names' : `page ${page}`, 'good');
    case 'none':
      return span('no page (NULL)', 'warning');
    case 'bad':
      return span('no page (NULL), reported as a bad page map', 'problem');
    case 'absent':
      return span('no such function', 'dim');
  }
}

const ruleRow = (role: 'because' | 'warns', { sentence, source }: RuleData): Text[] => [
  span(role, 'dim'),
  [sentence, span(` [${source.spec}]`, 'dim')],
];
