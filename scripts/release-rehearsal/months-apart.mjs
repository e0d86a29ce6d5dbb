// Two architectures that were released months apart, in one program.
import { exampleKept, runProgram } from './alone.mjs';
import { laterProgram } from './clone.mjs';
import { installed } from './installed.mjs';

/**
 * Installs the newest core and the newest of one architecture with an old one of the other: there
 * must be one core, and both must work with it.
 * @param older package and its old version; nothing newer of it may be published
 * @param newer package whose newest release needs the newest core
 */
export async function monthsApart(older, newer, folder, env) {
  const specs = ['@pagewright/core', `${older.name}@${older.version}`, newer.name];
  const { packages } = await installed(folder, specs, env);
  if (packages.length !== specs.length || !packages.includes(specs[1])) {
    throw new Error(`${specs.join(' ')} together became ${packages.join(' ')}`);
  }
  for (const { name } of [older, newer]) await exampleKept(folder, name);
  const both = [older, newer].map(({ name }) => `import './${name.split('/')[1]}.mjs';`);
  const program = [...both, laterProgram(newer.name.split('/')[1])].join('\n');
  await runProgram(folder, 'together.mjs', program);
  return packages;
}
