import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `fixtures/` of the repository that this program runs from; undefined when installed alone. */
export function fixturesFolder(): string | undefined {
  const folder = fileURLToPath(new URL('../../../fixtures', import.meta.url));
  return existsSync(folder) ? folder : undefined;
}

/** The scenarios of the repository: its own, or those that were packed with the program. */
export function scenariosFolder(): string | undefined {
  const fixtures = fixturesFolder();
  if (fixtures !== undefined) return join(fixtures, 'scenarios');
  const packed = fileURLToPath(new URL('./scenarios', import.meta.url));
  return existsSync(packed) ? packed : undefined;
}
