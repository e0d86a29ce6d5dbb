// What a README tells its reader to do, as a script can do it.

/** The packages that the first `npm i` line of a README installs. */
export function packagesToInstall(readme) {
  const line = /^npm i (.*)$/m.exec(readme)?.[1] ?? '';
  return line.split(' ').filter((word) => /^[@\w]/.test(word));
}

/**
 * The first example of a README as a program that fails when an expression does not have the value
 * that the comment behind it promises.
 */
export function exampleProgram(readme) {
  const example = /^```ts\n([\s\S]*?)^```$/m.exec(readme)?.[1] ?? '';
  let promises = 0;
  const code = example.replace(/^(.*); \/\/ => (.*)$/gm, (_, expression, value) => {
    promises += 1;
    return `same(${expression}, ${value});`;
  });
  if (promises === 0) throw new Error('the README promises nothing');
  return { source: `import { deepStrictEqual as same } from 'node:assert';\n${code}`, promises };
}
