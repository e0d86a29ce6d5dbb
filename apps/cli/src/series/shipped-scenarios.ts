import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fail, ok, type Result, type Series } from '@pagewright/core';
import { parseScenario, type Scenario } from '@pagewright/scenario';
import { scenariosFolder } from '../fixtures.js';
import { scenarioPaths } from '../scenario/files.js';

/**
 * The scenarios of the repository that mention a revision of some series, called by their paths in
 * the repository wherever they lie. Codes: `no-fixtures`, those of `parseScenario`.
 */
export function shippedScenarios(series: readonly Series[]): Result<readonly Scenario[]> {
  const folder = scenariosFolder();
  if (folder === undefined) return fail('no-fixtures', 'the scenarios are not there');
  const paths = scenarioPaths(folder);
  if (!paths.ok) return paths;
  const scenarios: Scenario[] = [];
  for (const path of paths.value) {
    const text = readFileSync(path, 'utf8');
    if (!series.some(({ name }) => text.includes(`${name}/`))) continue;
    const scenario = parseScenario(text, `fixtures/scenarios/${basename(path)}`);
    if (!scenario.ok) return scenario;
    scenarios.push(scenario.value);
  }
  return ok(scenarios);
}
