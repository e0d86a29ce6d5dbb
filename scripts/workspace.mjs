// The workspace as the checks see it: its packages, and the source files in them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Every package of the workspace: folder relative to the root, and its manifest. */
export function workspacePackages() {
  return ['packages', 'apps']
    .flatMap((parent) => readdirSync(parent).map((name) => `${parent}/${name}`))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({
      folder,
      manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
    }));
}

/** The packages that are libraries: they export something under their own name. */
export function libraries() {
  return workspacePackages().filter(({ manifest }) => manifest.exports?.['.']);
}

/** What a library exports (`@pagewright/core`, `@pagewright/arch-x86/kernel`) to its source file. */
export function sourceAliases() {
  const pairs = libraries().flatMap(({ folder, manifest }) =>
    Object.entries(manifest.exports)
      .filter(([, target]) => target.default)
      .map(([subPath, target]) => [
        `${manifest.name}${subPath.slice(1)}$`,
        resolve(folder, target.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts')),
      ]),
  );
  return Object.fromEntries(pairs);
}

/** Every file below `folder`, without what is installed or built. */
export function filesBelow(folder) {
  const left = /^(node_modules|dist|\.turbo|coverage|\.git)$/;
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !left.test(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : [];
    });
}
