import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseScenario, resultLines, runAll, succeededAll } from '../src/index.js';
import { allForms } from './forms.js';

const folder = join(import.meta.dirname, '../../../fixtures/scenarios');
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

// `npm test -- --update` writes what is printed now beside the scenarios: read the diff.
describe('scenarios', () => {
  it.each(files)('%s goes as it says, on all forms and kernels that it names', async (name) => {
    const parsed = parseScenario(readFileSync(join(folder, name), 'utf8'), name);
    if (!parsed.ok) throw new Error(parsed.problem.message);
    const result = runAll(parsed.value, allForms, { trace: true });
    if (!result.ok) throw new Error(result.problem.message);
    const printed = `${resultLines(result.value).join('\n')}\n`;
    expect(succeededAll(result.value), printed).toBe(true);
    await expect(printed).toMatchFileSnapshot(join(folder, name.replace(/yaml$/, 'expected')));
  });
});
