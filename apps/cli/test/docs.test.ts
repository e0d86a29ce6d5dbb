import { readFileSync } from 'node:fs';
import { allLaws, lawsMarkdown, matrixMarkdown, rulesMarkdown } from '@pagewright/conformance';
import type { EntryForm } from '@pagewright/core';
import { expect, test } from 'vitest';
import { allBackends } from '../src/backends.js';

const written = (name: string): string =>
  readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');

/** As `scripts/docs.mjs` lists them: packages by name, then forms, then headers. */
async function allForms(): Promise<EntryForm[]> {
  const backends = [...(await allBackends())].sort((a, b) => (a.arch < b.arch ? -1 : 1));
  return backends.flatMap((backend) =>
    backend.forms.flatMap(({ name, headers }) =>
      headers.map((generation) => {
        const form = backend.form(name, { headers: generation });
        if (!form.ok) throw new Error(form.problem.message);
        return form.value;
      }),
    ),
  );
}

test('docs/laws.md says what the laws say', () => {
  expect(written('laws.md') === lawsMarkdown(allLaws), 'run `node scripts/docs.mjs`').toBe(true);
});

test('docs/rules.md says what the rules say', () => {
  expect(written('rules.md') === rulesMarkdown(), 'run `node scripts/docs.mjs`').toBe(true);
});

test('docs/matrix.md says what the forms say', async () => {
  const made = matrixMarkdown(await allForms());
  expect(written('matrix.md') === made, 'run `node scripts/docs.mjs`').toBe(true);
});
