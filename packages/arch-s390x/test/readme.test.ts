import { readFileSync } from 'node:fs';
import * as core from '@pagewright/core';
import { expect, test } from 'vitest';
import * as arch from '../src/index.js';
import * as kernel from '../src/kernel.js';

/** The README's example as a program whose commented expressions report their values. */
function exampleOf(readme: string): { program: string; expected: unknown[] } {
  const block = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const expected: unknown[] = [];
  const lines = block.split('\n').map((line) => {
    const found = /^(.*); \/\/ => (.*)$/.exec(line);
    if (found === null) return line.startsWith('import ') ? '' : line;
    expected.push(new Function(`return ${found[2]}`)());
    return `report(${found[1]});`;
  });
  return { program: lines.join('\n'), expected };
}

test('the worked example answers what it says', () => {
  const { program, expected } = exampleOf(
    readFileSync(new URL('../README.md', import.meta.url), 'utf8'),
  );
  const names = { ...core, ...arch, ...kernel };
  const answers: unknown[] = [];
  const run = new Function('report', ...Object.keys(names), program);
  run((answer: unknown) => answers.push(answer), ...Object.values(names));
  expect(expected).toHaveLength(8);
  expect(answers).toEqual(expected);
});
