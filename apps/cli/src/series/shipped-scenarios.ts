import { basename } from 'node:path';
import { fail, ok, type Result } from '@pagewright/core';
import type { Scenario } from '@pagewright/scenario';
import { scenariosFolder } from '../fixtures.js';
import { readScenario, scenarioPaths } from '../scenario/files.js';

/** The scenarios of the repository, called by their paths in it wherever they lie. */
export function shippedScenarios(): Result<readonly Scenario[]> {
  const folder = scenariosFolder();
  if (folder === undefined) return fail('no-fixtures', 'the scenarios are not there');
  const paths = scenarioPaths(folder);
  if (!paths.ok) return paths;
  const scenarios: Scenario[] = [];
  for (const path of paths.value) {
    const scenario = readScenario(path);
    if (!scenario.ok) return scenario;
    scenarios.push({ ...scenario.value, name: `fixtures/scenarios/${basename(path)}` });
  }
  return ok(scenarios);
}
