// The packages of the workspace as archives, as a registry takes them.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { output } from './command.mjs';
import { Refusal } from './refusal.mjs';

const PNPM = fileURLToPath(new URL('../../node_modules/.bin/pnpm', import.meta.url));

/**
 * Packs `packages` into `folder`, in which ranges of the workspace become those of the registry, and
 * answers them so that each comes after those that it needs. Refuses what was not built.
 */
export async function packedInOrder(packages, folder) {
  const filters = packages.map(({ manifest }) => `--filter=${manifest.name}`);
  const args = ['--recursive', ...filters, 'pack', '--json', '--pack-destination', folder];
  const answers = [JSON.parse(await output(PNPM, args))].flat();
  const packed = packages.map(({ manifest }) => {
    const { filename, files } = answers.find(({ name }) => name === manifest.name);
    const archive = join(folder, filename.slice(filename.lastIndexOf('/') + 1));
    return { manifest, archive, bytes: statSync(archive).size, paths: files.map((f) => f.path) };
  });
  const unbuilt = packed.flatMap(({ manifest, paths }) =>
    promisedPaths(manifest)
      .filter((path) => !paths.includes(path))
      .map((path) => `${manifest.name} is not built: ${path} is missing`),
  );
  if (unbuilt.length > 0) throw new Refusal(...unbuilt);
  return inOrder(packed);
}

/** The files that a manifest says are there. */
function promisedPaths({ exports, bin }) {
  const targets = (value) =>
    typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(targets);
  const paths = [...targets(exports), ...targets(bin)].map((path) => path.replace(/^\.\//, ''));
  return [...new Set(paths)].filter((path) => !path.includes('*'));
}

function inOrder(packed) {
  const ordered = new Set();
  const visit = (each) => {
    const { dependencies, peerDependencies } = each.manifest;
    const needs = { ...dependencies, ...peerDependencies };
    for (const other of packed) {
      if (other.manifest.name in needs && !ordered.has(other)) visit(other);
    }
    ordered.add(each);
  };
  for (const each of packed) visit(each);
  return [...ordered];
}
