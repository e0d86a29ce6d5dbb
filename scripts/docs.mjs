// Documents that are made from the code: `node scripts/docs.mjs` writes them from the built
// packages, and with `--check` says which no longer say what the code says.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import {
  allLaws,
  lawsMarkdown,
  matrixMarkdown,
  rulesMarkdown,
} from '../packages/conformance/dist/index.js';

/** Every form in every header generation of every architecture package, in the packages' order. */
async function allForms() {
  const packages = readdirSync('packages').filter((name) => name.startsWith('arch-'));
  const forms = [];
  for (const name of packages.sort()) {
    const exported = Object.values(await import(`../packages/${name}/dist/index.js`));
    for (const backend of exported.filter((value) => Array.isArray(value?.forms))) {
      for (const form of backend.forms) {
        for (const headers of form.headers)
          forms.push(formOf(backend.form(form.name, { headers })));
      }
    }
  }
  return forms;
}

function formOf(result) {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}

/** File to the function that makes its text. One line a document. */
const DOCUMENTS = {
  'docs/laws.md': () => lawsMarkdown(allLaws),
  'docs/rules.md': () => rulesMarkdown(),
  'docs/matrix.md': async () => matrixMarkdown(await allForms()),
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
