import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { workflowFaults } from '../workflow-faults.mjs';

const textOf = (name: string): string =>
  readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const CI = textOf('.github/workflows/ci.yml');
const RELEASE = textOf('.github/workflows/release.yml');
const { scripts } = JSON.parse(textOf('package.json'));

test.each([
  ['ci.yml', CI],
  ['release.yml', RELEASE],
])('%s has no fault', async (path, text) => {
  expect(await workflowFaults(text, path, scripts)).toEqual([]);
});

test('every Node that is promised is tested, from the oldest major on', () => {
  const oldest = /\d+/.exec(JSON.parse(textOf('package.json')).engines.node)?.[0];
  expect(CI).toContain(`node: ["${oldest}", "22", "24"]`);
});

test('provenance comes from the environment of the release, which may sign with its identity', () => {
  expect(RELEASE).toContain('NPM_CONFIG_PROVENANCE: "true"');
  expect(RELEASE).toContain('id-token: write');
});

describe('refused is', () => {
  const broken: [string, string, string, string, string][] = [
    ['a key that does not exist', CI, 'runs-on:', 'run-on:', 'unexpected key "run-on"'],
    [
      'an event that does not exist',
      CI,
      'pull_request:',
      'pull_requests:',
      'unknown Webhook event',
    ],
    ['a property of the matrix', CI, 'matrix.node }}', 'matrix.nod }}', 'property "nod"'],
    ['an expression', CI, "_name == '", "_name = '", "expecting '='"],
    ['a context', RELEASE, 'secrets.NPM', 'secret.NPM', 'undefined variable "secret"'],
    ['a permission', RELEASE, 'id-token: write', 'id-token: on', 'scope "id-token"'],
    ['what is no YAML', CI, 'jobs:', 'jobs: [', 'cannot be read as a workflow'],
    ['a file that is missing', CI, '.ci/run', '.ci/walk', '.ci/walk does not exist'],
    [
      'a script that is missing',
      RELEASE,
      'npm run release',
      'npm run free',
      'script free does not',
    ],
  ];
  test.each(broken)('%s', async (_, text, from, to, message) => {
    expect(text).toContain(from);
    const faults = await workflowFaults(text.replaceAll(from, to), 'broken.yml', scripts);
    expect(faults.join('\n')).toMatch(/^broken\.yml/);
    expect(faults.join('\n')).toContain(message);
  });
});
