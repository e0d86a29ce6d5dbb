import { type Section, type Span, span, type Text } from '@pagewright/report';
import { kernelRun } from '../kernel-run.js';
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
    title: [
      span(`${kernelRun(group.map(({ kernel }) => kernel))}: `, 'strong'),
      answerText(verdict),
    ],
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
