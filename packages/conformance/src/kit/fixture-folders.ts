import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readVectorFolders } from '../node/read-folder.js';
import type { VectorFolder } from '../vectors/index.js';

/** A folder of vectors with a name that tells it from others of the same form. */
export interface FixtureFolder {
  readonly label: string;
  readonly folder: VectorFolder;
}

/** Folders of vectors in the given directories, or in the nearest `fixtures` above. */
export function fixtureFolders(
  directories: readonly string[] = nearestFixtures(),
): FixtureFolder[] {
  return directories.flatMap((directory) =>
    readVectorFolders(directory).map((folder) => ({
      label: `${directory.split(/[\\/]/).at(-1)}/${folder.name}`,
      folder,
    })),
  );
}

/** `fixtures/golden*` of the directory that the tests run in, or of the nearest one above it. */
function nearestFixtures(): string[] {
  for (let at = process.cwd(); ; at = dirname(at)) {
    const fixtures = join(at, 'fixtures');
    const found = existsSync(fixtures) ? readdirSync(fixtures) : [];
    const golden = found.filter((name) => name.startsWith('golden'));
    if (golden.length > 0) return golden.sort().map((name) => join(fixtures, name));
    if (dirname(at) === at) return [];
  }
}
