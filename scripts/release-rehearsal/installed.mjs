// Packages as users get them: installed into an empty folder outside the repository.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { output } from '../release/command.mjs';

/**
 * Installs `specs` into a new folder.
 * @returns every package that lies there afterwards as `name@version`, copies counted, and how long
 *   it took
 */
export async function installed(folder, specs, env) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  const started = performance.now();
  await output('npm', ['install', '--prefix', folder, ...specs], { cwd: folder, env });
  const seconds = (performance.now() - started) / 1000;
  const lock = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8'));
  const packages = Object.entries(lock.packages).map(
    ([path, { version }]) => `${path.slice(path.lastIndexOf('node_modules/') + 13)}@${version}`,
  );
  return { packages: packages.sort(), seconds };
}
