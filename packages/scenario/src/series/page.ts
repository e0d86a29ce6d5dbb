import { fail, ok, type Result } from '@pagewright/core';
import type { Scenario } from '../format/parse.js';
import { runAll } from '../run/all.js';
import type { ScenarioRun } from '../run/run.js';
import type { FormSource } from '../setup/forms.js';
import { told } from '../show/told.js';
import type { Question } from './questions.js';
import type { Review } from './review.js';

const HEAD = `# Four series, patch by patch

Generated from the texts of the changes, \`fixtures/questions.yaml\` and runs of \`fixtures/scenarios\` by
\`node scripts/docs.mjs\`; do not edit. \`pagewright series\` prints the tables,
\`pagewright series NAME --patch N\` the runs before and after a patch, and
\`pagewright bisect FILE --kernel A..B\` names the patch that altered a scenario.
`;

/** The page of all series: what each patch claims and does, then what their reviews asked. */
export function seriesMarkdown(
  reviews: readonly Review[],
  questions: readonly Question[],
  scenarios: readonly Scenario[],
  source: FormSource,
): Result<string> {
  const parts = [HEAD, countsOf(reviews)];
  for (const review of reviews) {
    parts.push(tableOf(review));
    for (const question of questions.filter((each) => each.series === review.series.name)) {
      const answer = answerOf(question, scenarios, source);
      if (!answer.ok) return answer;
      parts.push(answer.value);
    }
  }
  return ok(`${parts.join('\n')}`);
}

/** zeropage-v1 is an earlier form of patches that zeropage-v2 has. */
const EARLIER = 'zeropage-v1';

function countsOf(reviews: readonly Review[]): string {
  const count = (those: readonly Review[]): string => {
    const patches = those.flatMap((review) => review.patches);
    const seen = patches.filter(({ effect }) => effect).length;
    return `${patches.length} patches, ${seen} with an effect and ${patches.length - seen} without`;
  };
  const latest = reviews.filter(({ series }) => series.name !== EARLIER);
  const earlier = reviews.filter(({ series }) => series.name === EARLIER);
  return `${count(latest)}; beside them ${EARLIER}, an earlier version: ${count(earlier)}.\n`;
}

function tableOf({ series, patches, companions }: Review): string {
  const rows = patches.map((patch) => {
    const { n, title, commit, claim, why, inferred, shows, comparisons } = patch;
    const name = `${title}${commit === undefined ? '' : ` (${commit})`}`;
    const claims = claim === undefined ? '' : ` Text: ${claim}`;
    const tested = comparisons.map(({ scenario }) => fileName(scenario)).join(', ');
    return `| ${n} | ${[name, `${why}${claims}${inferred ? ' (inferred)' : ''}`, shows, tested].map(escaped).join(' | ')} |`;
  });
  const beside = companions.map(
    ({ id, title, state }) =>
      `- \`${id}\`${state === undefined ? '' : `, in \`${state}\``}: ${title}`,
  );
  return [
    `## ${series.name}\n`,
    `Posted on \`${series.on}\`: \`${series.name}/0\`.\n`,
    '| | patch | what it does | what runs show | scenarios |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    ...(beside.length === 0 ? [] : ['\nBeside the patches:\n', ...beside]),
    '',
  ].join('\n');
}

const fileName = ({ name }: Scenario): string => name.replace(/^.*\//, '').replace(/\.yaml$/, '');
const escaped = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

function answerOf(
  { question, scenarios: names, answer }: Question,
  scenarios: readonly Scenario[],
  source: FormSource,
): Result<string> {
  const parts = [`### ${question}\n`, `${answer}\n`];
  for (const name of names) {
    const scenario = scenarios.find((each) => fileName(each) === name);
    if (scenario === undefined) return fail('bad-questions', `there is no scenario "${name}"`);
    const result = runAll(scenario, source, { trace: false });
    if (!result.ok) return result;
    const { runs } = result.value;
    const [first] = runs;
    const shown = runs.filter(({ form }) => form === first?.form);
    parts.push(`\`${name}\`: ${scenario.file.scenario}\n`, ...groupsOf(shown).map(fenced));
  }
  return ok(parts.join('\n'));
}

/** Kernels that did the same stand together. */
function groupsOf(runs: readonly ScenarioRun[]): string[][] {
  const groups = new Map<string, { kernels: string[]; lines: readonly string[] }>();
  for (const run of runs) {
    const lines = run.steps.flatMap((step) => told({ ...step, changes: [] }));
    const known = groups.get(lines.join('\n'));
    if (known === undefined) groups.set(lines.join('\n'), { kernels: [run.kernel], lines });
    else known.kernels.push(run.kernel);
  }
  const form = runs[0]?.form ?? '';
  return [...groups.values()].map(({ kernels, lines }) => [
    `${form}, ${kernels.join(' ')}:`,
    ...lines,
  ]);
}

const fenced = (lines: readonly string[]): string => `\`\`\`\n${lines.join('\n')}\n\`\`\`\n`;
