import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** `fixtures/` of the repository that this program runs from; undefined when installed alone. */
export function fixturesFolder(): string | undefined {
  const folder = fileURLToPath(new URL('../../../fixtures', import.meta.url));
  return existsSync(folder) ? folder : undefined;
}
