// A throw-away clone, in which versions can be made and sources changed.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { output } from '../release/command.mjs';

const LATER = 'RELEASED_LATER';

/**
 * Clones what is committed in `root` into `folder`, installed and built as a fresh clone is. What
 * was built in `root` from the same sources is taken from there.
 */
export async function clonedAndBuilt(root, folder) {
  await output('git', ['clone', '--quiet', '--shared', root, folder]);
  const names = { 'user.name': 'rehearsal', 'user.email': 'rehearsal@example.invalid' };
  for (const [key, value] of Object.entries(names)) {
    await output('git', ['config', key, value], { cwd: folder });
  }
  const env = { TURBO_CACHE_DIR: join(root, '.turbo/cache') };
  await output(process.execPath, ['scripts/bootstrap.mjs', 'setup'], { cwd: folder, env });
}

/** How many paths of a repository differ from its last commit. */
export async function uncommittedPaths(root) {
  return (await output('git', ['status', '--porcelain'], { cwd: root })).split('\n').length - 1;
}

/** Gives packages the versions that the changesets of a clone ask for. */
export async function versioned(clone) {
  await output('node_modules/.bin/changeset', ['version'], { cwd: clone });
  await output('git', ['add', '--all'], { cwd: clone });
  await output('git', ['commit', '--quiet', '--allow-empty', '-m', 'Versions'], { cwd: clone });
}

/**
 * Months later: core has something new, and one architecture uses it. The others stay as they are.
 * @param architecture a package `arch-*`
 */
export async function developedFurther(clone, architecture) {
  const names = ['core', architecture];
  const additions = [
    `/** New since the first release. */\nexport const ${LATER} = true;\n`,
    `export { ${LATER} } from '@pagewright/core';\n`,
  ];
  for (const [i, name] of names.entries()) {
    const path = join(clone, 'packages', name, 'src/index.ts');
    writeFileSync(path, readFileSync(path, 'utf8') + additions[i]);
  }
  const bumps = names.map((name) => `'@pagewright/${name}': minor`);
  const changeset = ['---', ...bumps, '---', '', 'Something new.', ''].join('\n');
  writeFileSync(join(clone, '.changeset/something-new.md'), changeset);
  const filters = names.map((name) => `--filter=@pagewright/${name}`);
  await output('node_modules/.bin/pnpm', [...filters, 'run', 'build'], { cwd: clone });
}

/** A program that ends well only where that architecture and its core are new. */
export const laterProgram = (architecture) => `
  import * as later from '@pagewright/${architecture}';
  if (later.${LATER} !== true) throw new Error('not the new release');
`;
