import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { explore, tokenOf } from '../src/index.js';
import { boundOf, groundFor } from './forms.js';

it('does what the README says', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const [, text = ''] = /```yaml\n([^`]*)```/.exec(readme) ?? [];
  const { form, kernel } = groundFor('v5.18');
  const result = explore(boundOf(text), form, kernel);
  if (!result.ok) throw new Error(result.problem.message);
  const [violation] = result.value.violations;
  const actions = violation?.actions ?? [];
  const promised = [...readme.matchAll(/\/\/ => (.*)/g)].map(([, value]) => value);
  expect(promised).toEqual([`'${violation?.id}'`, `${actions.length}`, `'${tokenOf(actions)}'`]);
});
