import { readdirSync, readFileSync } from 'node:fs';
import { parseScenario } from '../packages/scenario/dist/index.js';

/** Rows of the specification's tables by section, and the tests that compare whole tables. */
const ROWS = 'fixtures/tables/rows.json';
const SCENARIOS = 'fixtures/scenarios';
/** Why a row may have neither scenario nor test. */
const REASONS = ['no kernel of these reaches it', 'needs what a later issue adds'];

const HEAD = `# What of the tables is exercised

Generated from \`${ROWS}\` and the \`covers:\` of \`${SCENARIOS}\` by \`node scripts/docs.mjs\`; do not
edit. A row is the n-th of its section's tables. Tests of recorded answers run every row of their
tables on every revision; scenarios are named by their files.
`;

/** The page; throws for a scenario that covers a row that does not exist, and for other reasons. */
export function coverageMarkdown() {
  const { tables, tests, reasons } = JSON.parse(readFileSync(ROWS, 'utf8'));
  const scenarios = coveredBy(tables);
  const count = { rows: 0, exercised: 0, reasoned: 0 };
  const sections = Object.entries(tables).map(([section, rows]) => {
    const lines = rows.map((text, i) => {
      const id = `${section}/${i + 1}`;
      const by = exercised(id, section, scenarios, tests);
      const reason = reasons[id];
      if (reason !== undefined && !REASONS.includes(reason)) throw new Error(`${id}: ${reason}?`);
      count.rows += 1;
      if (by.length > 0) count.exercised += 1;
      else if (reason !== undefined) count.reasoned += 1;
      const shown = by.join(', ') || (reason ? `reason: ${reason}` : '**nothing**');
      return `| ${id} | ${escaped(text)} | ${shown} |`;
    });
    return `\n## ${section}\n\n| row | what | exercised by |\n| --- | --- | --- |\n${lines.join('\n')}\n`;
  });
  const others = [...scenarios].filter(([id]) => !isRow(tables, id));
  const rest = others
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([id, names]) => `| ${id} | ${names.join(', ')} |`);
  return `${HEAD}
${count.rows} rows: ${count.exercised} exercised, ${count.reasoned} with a reason, ${
    count.rows - count.exercised - count.reasoned
  } open.
${sections.join('')}
## What has no table

Sections in prose, sequences (15), vectors (P), mappings planted in dumps, and what the kernel's own
tests assert.

| id | scenarios |
| --- | --- |
${rest.join('\n')}
`;
}

/** The scenarios of each id. */
function coveredBy(tables) {
  const found = new Map();
  for (const name of readdirSync(SCENARIOS).filter((each) => each.endsWith('.yaml'))) {
    const scenario = parseScenario(readFileSync(`${SCENARIOS}/${name}`, 'utf8'), name);
    if (!scenario.ok) throw new Error(scenario.problem.message);
    for (const id of scenario.value.file.covers ?? []) {
      const [section] = id.split('/');
      if (id.includes('/') && tables[section] !== undefined && !isRow(tables, id)) {
        throw new Error(`${name}: there is no row ${id}`);
      }
      found.set(id, [...(found.get(id) ?? []), name.replace(/\.yaml$/, '')]);
    }
  }
  return found;
}

function isRow(tables, id) {
  const [section, row] = id.split('/');
  return Number(row) >= 1 && Number(row) <= (tables[section]?.length ?? 0);
}

const exercised = (id, section, scenarios, tests) => [
  ...(scenarios.get(id) ?? []),
  ...tests
    .filter(({ rows }) => rows.includes(id) || rows.includes(section))
    .map(({ test, what }) => `${test.split('/').at(-1)} (${what})`),
];

const escaped = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
