import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseQuestions } from '../src/index.js';

const fixtures = join(import.meta.dirname, '../../../fixtures');

const problemOf = (text: string): string => {
  const questions = parseQuestions(text, 'q.yaml');
  return questions.ok ? 'fine' : questions.problem.message;
};

const GOOD = `- series: rmap-log
  question: Why?
  scenarios: [a]
  answer: So.
`;

describe('questions', () => {
  it('are read', () => {
    expect(problemOf(GOOD)).toBe('fine');
    expect(parseQuestions('# none yet\n', 'q.yaml')).toEqual({ ok: true, value: [] });
  });

  it.each([
    ['series that nobody knows', GOOD.replace('rmap-log', 'slab'), 'q.yaml: 0.series: '],
    ['answers without a run', GOOD.replace('[a]', '[]'), 'q.yaml: 0.scenarios: '],
    ['fields that nobody knows', `${GOOD}  why: x\n`, 'q.yaml: 0: '],
    ['what YAML does not know', '- {a: [', 'q.yaml: '],
    ['very long files', '#'.repeat(2 << 20), 'q.yaml: longer than'],
  ])('%s are refused in one line', (_, text, message) => {
    expect(problemOf(text).startsWith(message)).toBe(true);
    expect(problemOf(text)).not.toContain('\n');
  });

  it('of the repository are answered by scenarios that exist', () => {
    const text = readFileSync(join(fixtures, 'questions.yaml'), 'utf8');
    const questions = parseQuestions(text, 'questions.yaml');
    if (!questions.ok) throw new Error(questions.problem.message);
    const files = readdirSync(join(fixtures, 'scenarios'));
    const named = questions.value.flatMap(({ scenarios }) => scenarios);
    expect(named.filter((name) => !files.includes(`${name}.yaml`))).toEqual([]);
  });
});
