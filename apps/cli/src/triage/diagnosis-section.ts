import type { Block, Text, Tone } from '@pagewright/report';
import { span } from '@pagewright/report';
import type { Diagnosis } from '@pagewright/triage';

const TONES: Readonly<Record<Diagnosis['confidence'], Tone>> = {
  certain: 'problem',
  likely: 'warning',
  possible: 'plain',
};

/** One thing that may have happened: what speaks for and against it, and what to do next. */
export function diagnosisSection(diagnosis: Diagnosis, rank: number): Block {
  const { cause, finding, confidence, sentence, because, next, fixes = [] } = diagnosis;
  const pairs: (readonly [string, Text])[] = [
    ...because.map(({ rule, speaks, sentence: why, at }): [string, Text] => [
      speaks,
      [why, span(` (${rule}${at === undefined ? '' : `, line ${at.line}`})`, 'dim')],
    ]),
    ...next.map((step): [string, Text] => ['next', step]),
    ...fixes.map(({ commit, subject, source }): [string, Text] => [
      'looks like',
      `${commit} ${subject} (${source})`,
    ]),
  ];
  return {
    kind: 'section',
    title: [`${rank}. ${cause}, ${finding}: `, span(confidence, TONES[confidence])],
    blocks: [
      { kind: 'paragraph', text: sentence },
      ...(pairs.length === 0 ? [] : [{ kind: 'key-values', pairs } as const]),
    ],
  };
}
