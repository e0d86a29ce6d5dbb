// Documents that are made from the code: `node scripts/docs.mjs` writes them from the built
// packages, and with `--check` says which no longer say what the code says.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import {
  allLaws,
  lawsMarkdown,
  matrixMarkdown,
  rulesMarkdown,
} from '../packages/conformance/dist/index.js';
import { boundJsonSchema } from '../packages/explore/dist/index.js';
import { scenarioJsonSchema } from '../packages/scenario/dist/index.js';
import { architectureDrawing } from './architecture-drawing.mjs';
import { architecturePage } from './architecture-page.mjs';
import { boundsPage } from './bounds-page.mjs';
import { builtBackends } from './built-backends.mjs';
import { schemasPage } from './cli-schemas/page.mjs';
import { cliSchemas } from './cli-schemas/schemas.mjs';
import { coverageMarkdown } from './coverage-table.mjs';
import { seriesPage } from './series-page.mjs';
import { supportMarkdown } from './support-table.mjs';
import { flipsPage, insertionPage } from './tables-pages.mjs';
import { triagePage } from './triage-page.mjs';

/** Every form in every header generation of every architecture package, in the packages' order. */
const allForms = async () =>
  (await builtBackends()).flatMap((backend) =>
    backend.forms.flatMap(({ name, headers }) =>
      headers.map((generation) => formOf(backend.form(name, { headers: generation }))),
    ),
  );

function formOf(result) {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}

const schemas = cliSchemas();

/** File to the function that makes its text. One line a document. */
const DOCUMENTS = {
  'docs/architecture.md': architecturePage,
  'docs/architecture.svg': architectureDrawing,
  'docs/laws.md': () => lawsMarkdown(allLaws),
  'docs/rules.md': () => rulesMarkdown(),
  'docs/support.md': supportMarkdown,
  'docs/coverage.md': coverageMarkdown,
  'docs/series.md': seriesPage,
  'docs/bounds.md': boundsPage,
  'docs/bound.schema.json': () => `${JSON.stringify(boundJsonSchema(), null, 2)}\n`,
  'docs/flips.md': flipsPage,
  'docs/insertion.md': insertionPage,
  'docs/triage.md': triagePage,
  'docs/scenario.schema.json': () => `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`,
  'docs/matrix.md': async () => matrixMarkdown(await allForms()),
  'docs/schemas.md': () => schemasPage(schemas),
  ...Object.fromEntries(schemas.map(({ file, text }) => [file, () => text])),
};

const check = process.argv[2] === '--check';
let failures = 0;
for (const [file, make] of Object.entries(DOCUMENTS)) {
  const made = await make();
  if (!check) {
    writeFileSync(file, made);
  } else if (!existsSync(file) || readFileSync(file, 'utf8') !== made) {
    console.log(`${file}: stale; run \`node scripts/docs.mjs\``);
    failures += 1;
  }
}
console.log(`${Object.keys(DOCUMENTS).length} documents, ${failures} failures`);
if (failures > 0) process.exitCode = 1;
