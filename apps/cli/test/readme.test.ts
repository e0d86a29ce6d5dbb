import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runCli } from './run-cli.js';
import { stepsOf, written } from './session.js';

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
const blocks = [...readme.matchAll(/```console\n([\s\S]*?)```/g)].map(([, block = '']) => block);

test('the README begins with a worked answer', () => {
  expect(blocks.length).toBeGreaterThan(0);
});

test.each(blocks)('the README shows what the command prints: %s', (block) => {
  const now = stepsOf(block).map((step) => written(step, runCli(step.args, step.input)));
  expect(now.join('\n')).toBe(block);
});
