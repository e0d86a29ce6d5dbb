// One architecture alone: what its README says is all that is needed, and does what it says.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { bundledBytes, LIMIT_BYTES } from '../bundled-bytes.mjs';
import { output } from '../release/command.mjs';
import { installed } from './installed.mjs';
import { exampleProgram, packagesToInstall } from './readme.mjs';

/** The README of a package as it is installed in `folder`. */
const readmeIn = (folder, name) =>
  readFileSync(join(folder, 'node_modules', name, 'README.md'), 'utf8');

/** Runs the README example of a package that is installed in `folder`; answers its promises. */
export async function exampleKept(folder, name) {
  const { source, promises } = exampleProgram(readmeIn(folder, name));
  const { code } = await transform(source, { loader: 'ts' });
  await runProgram(folder, `${name.split('/')[1]}.mjs`, code);
  return promises;
}

/** Runs a program in a folder of installed packages. */
export async function runProgram(folder, file, source) {
  writeFileSync(join(folder, file), source);
  await output(process.execPath, [file], { cwd: folder });
}

/**
 * Installs what the README of a package says, into an empty folder; nothing else may come along. Its
 * example runs there, and with core it fits into a web page, where there are no modules of Node.
 */
export async function alone({ name, readme }, folder, env) {
  const named = packagesToInstall(readme);
  const { packages, seconds } = await installed(folder, named, env);
  const came = packages.map((each) => each.slice(0, each.lastIndexOf('@')));
  if (`${came}` !== `${[...named].sort()}` || !named.includes(name)) {
    throw new Error(`${name}: asked for ${named.join(' ')}, and got ${came.join(' ')}`);
  }
  const promises = await exampleKept(folder, name);
  const page = `export * from '@pagewright/core'; export * as own from '${name}';`;
  const bundled = await bundledBytes(page, folder);
  if (bundled > LIMIT_BYTES) throw new Error(`${name} in a web page: ${bundled} bytes`);
  return { name, packages: packages.length, seconds, promises, bundled };
}
