import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseScenario, runAll } from '@pagewright/scenario';
import { expect, it } from 'vitest';
import { allForms } from '../../scenario/test/forms.js';
import { litmusLine, litmusOf } from '../src/index.js';

it.each([
  ['race-clear-seen-late', 'rmap-log/7', 'Sometimes 13 155'],
  ['race-gup-fast-migrate', 'rmap-log/7', 'Never 0 38'],
])('says of %s how often it ends badly', (name, kernel, said) => {
  const folder = join(import.meta.dirname, '../../../fixtures/scenarios');
  const scenario = parseScenario(readFileSync(join(folder, `${name}.yaml`), 'utf8'), name);
  if (!scenario.ok) throw new Error(scenario.problem.message);
  const result = runAll(scenario.value, allForms, { form: 'x86_64', kernel, trace: false });
  if (!result.ok) throw new Error(result.problem.message);
  const lines = result.value.runs.flatMap(({ steps }) =>
    steps.flatMap(({ orders }) =>
      (orders?.conditions ?? []).map(({ count }) =>
        litmusLine(litmusOf(name, count, orders?.total ?? 0)),
      ),
    ),
  );
  expect(lines).toEqual([`Observation ${name} ${said}`]);
});
