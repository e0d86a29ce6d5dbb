import { readdirSync, readFileSync } from 'node:fs';
import { SERIES } from '../packages/core/dist/index.js';
import {
  parseQuestions,
  parseScenario,
  review,
  seriesMarkdown,
} from '../packages/scenario/dist/index.js';
import { formSource } from './form-source.mjs';

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

function value(result) {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}
