import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

/** A worked example: a program whose commented expressions report their values. */
interface Example {
  readonly program: string;
  /** Values that the comments promise, in order. */
  readonly promised: readonly unknown[];
}

/** The constructor of functions that may await: examples do, as modules. */
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as FunctionConstructor;

/**
 * Registers one test for each ```ts block of a README: the block runs with the exports of `modules`
 * in reach (its imports are left out), and each line `expression; // => value` must have that value.
 * A README without any such line fails.
 * @param readme path or URL of the file
 * @param modules the packages that the examples import
 */
export function describeReadme(readme: string | URL, modules: readonly object[]): void {
  const examples = examplesOf(readFileSync(readme, 'utf8'));
  const names: Record<string, unknown> = Object.assign({}, ...modules);
  describe('the worked examples of the README', () => {
    test('promise something', () => {
      expect(examples.flatMap(({ promised }) => promised).length).toBeGreaterThan(0);
    });
    test.each(examples.map((example, i) => ({ ...example, i: i + 1 })))(
      'example $i answers what it says',
      async ({ program, promised }) => {
        const answers: unknown[] = [];
        const code = await withoutTypes(program);
        const run = new AsyncFunction('report', ...Object.keys(names), code);
        await run((answer: unknown) => answers.push(answer), ...Object.values(names));
        expect(answers).toEqual(promised);
      },
    );
  });
}

/** JavaScript of a program. Most have no types, and loading TypeScript takes longer than all else. */
async function withoutTypes(program: string): Promise<string> {
  try {
    new AsyncFunction(program);
    return program;
  } catch {
    const { default: typescript } = await import('typescript');
    const { ESNext: target } = typescript.ScriptTarget;
    return typescript.transpile(program, { target });
  }
}

function examplesOf(text: string): Example[] {
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => exampleOf(match[1] ?? ''));
}

function exampleOf(block: string): Example {
  const promised: unknown[] = [];
  const code = block.replace(/^import [\s\S]*?;$/gm, '');
  const lines = code.split('\n').map((line) => {
    const found = /^(.*); \/\/ => (.*)$/.exec(line);
    if (found === null) return line;
    promised.push(new Function(`return ${found[2]}`)());
    return `report(${found[1]});`;
  });
  return { program: lines.join('\n'), promised };
}
