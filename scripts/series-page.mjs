import { readdirSync, readFileSync } from 'node:fs';
import { fail, revisionForm, SERIES } from '../packages/core/dist/index.js';
import {
  parseQuestions,
  parseScenario,
  rememberForms,
  review,
  seriesMarkdown,
} from '../packages/scenario/dist/index.js';
import { builtBackends } from './built-backends.mjs';

const SCENARIOS = 'fixtures/scenarios';
/** What the series and their reviews asked, and the scenarios that answer it. */
const QUESTIONS = 'fixtures/questions.yaml';

/** The page of the series: made by running all their scenarios on all forms that these name. */
export async function seriesPage() {
  const source = await formSource();
  const scenarios = readdirSync(SCENARIOS)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => value(parseScenario(readFileSync(`${SCENARIOS}/${name}`, 'utf8'), name)));
  const reviews = SERIES.map((series) => value(review(series, scenarios, source)));
  const questions = value(parseQuestions(readFileSync(QUESTIONS, 'utf8'), QUESTIONS));
  return value(seriesMarkdown(reviews, questions, scenarios, source));
}

/** Every form of every architecture, x86 first, as the command line has them. */
async function formSource() {
  const backends = (await builtBackends()).sort((a, b) => (b.arch > a.arch ? 1 : -1));
  const ownerOf = (name) => backends.find(({ forms }) => forms.some((form) => form.name === name));
  return rememberForms({
    names: backends.flatMap(({ forms }) => forms.map(({ name }) => name)),
    form: (name, revision) => {
      const backend = ownerOf(name);
      return backend === undefined
        ? fail('unknown-form', `unknown form "${name}"`)
        : revisionForm(backend, name, revision);
    },
  });
}

function value(result) {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}
