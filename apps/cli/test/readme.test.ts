import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runCli } from './run-cli.js';
import { stepsOf, written } from './session.js';

const READMES = ['../../../README.md', '../README.md'];
const blocksOf = (readme: string): string[] => {
  const text = readFileSync(new URL(readme, import.meta.url), 'utf8');
  return [...text.matchAll(/```console\n([\s\S]*?)```/g)].map(([, block = '']) => block);
};

test.each(READMES)('%s begins with a worked answer', (readme) => {
  expect(blocksOf(readme).length).toBeGreaterThan(0);
});

test.each(READMES.flatMap(blocksOf))('a README shows what the command prints: %s', (block) => {
  const now = stepsOf(block).map((step) => written(step, runCli(step.args, step.input)));
  expect(now.join('\n')).toBe(block);
});
