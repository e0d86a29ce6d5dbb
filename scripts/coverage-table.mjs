import { readdirSync, readFileSync } from 'node:fs';
import { allPatches, parseScenario, scenariosOf } from '../packages/scenario/dist/index.js';

/** Rows of the specification's tables by section, and the tests that compare whole tables. */
const ROWS = 'fixtures/tables/rows.json';
const SCENARIOS = 'fixtures/scenarios';
/** Why a row may have neither scenario nor test; patches without an effect say why themselves. */
const REASONS = [
  'no kernel of these reaches it',
  'needs what a later issue adds',
  'needs an allocation to fail that never does here',
];

/** The sections that have a row for each patch of a series. */
const PATCH_ROWS = {
  'rmap-log': (n) => `24.12/${n}`,
  'zeropage-v1': (n) => `23.5/${n + 3}`,
  'zeropage-v2': (n) => `23.5/${n}`,
  'dax-v6': (n) => `23.3/${n}`,
  'rfc-2025-06': (n) => `2.10/${n}`,
};

const HEAD = `# What of the tables is exercised

Generated from \`${ROWS}\` and the \`covers:\` of \`${SCENARIOS}\` by \`node scripts/docs.mjs\`; do not
edit. A row is the n-th of its section's tables, or has the name that its first column gives it; a
scenario that runs before and after a patch exercises the row of the patch. Tests of recorded answers
run every row of their tables on every revision; scenarios are named by their files.
`;

/** The page; throws for a scenario that covers a row that does not exist, and for other reasons. */
export function coverageMarkdown() {
  const { tables, tests, reasons } = JSON.parse(readFileSync(ROWS, 'utf8'));
  const all = shippedScenarios();
  const scenarios = coveredBy(tables, all);
  const unseen = unseenRows();
  const count = { rows: 0, exercised: 0, reasoned: 0 };
  const sections = Object.entries(tables).map(([section, rows]) => {
    const lines = idsOf(section, rows).map(([id, text]) => {
      const by = exercised(id, section, scenarios, tests);
      const reason = unseen.get(id) ?? reasons[id];
      if (reasons[id] !== undefined && !REASONS.includes(reason)) {
        throw new Error(`${id}: ${reason}?`);
      }
      count.rows += 1;
      if (by.length > 0) count.exercised += 1;
      else if (reason !== undefined) count.reasoned += 1;
      const shown = by.join(', ') || (reason ? `reason: ${escaped(reason)}` : '**nothing**');
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

/** Ids and texts of a section's rows: `3.2/4`, `23.2/wait_key`; sequences are ids by themselves. */
const idsOf = (section, rows) =>
  Array.isArray(rows)
    ? rows.map((text, i) => [`${section}/${i + 1}`, text])
    : Object.entries(rows).map(([name, text]) => [
        name.includes('.') ? name : `${section}/${name}`,
        text,
      ]);

const shippedScenarios = () =>
  readdirSync(SCENARIOS)
    .filter((each) => each.endsWith('.yaml'))
    .map((name) => {
      const scenario = parseScenario(readFileSync(`${SCENARIOS}/${name}`, 'utf8'), name);
      if (!scenario.ok) throw new Error(scenario.problem.message);
      return scenario.value;
    });

/** The scenarios of each id. */
function coveredBy(tables, scenarios) {
  const found = new Map();
  const add = (id, { name }) => {
    const names = found.get(id) ?? [];
    const own = name.replace(/\.yaml$/, '');
    if (!names.includes(own)) found.set(id, [...names, own]);
  };
  for (const scenario of scenarios) {
    for (const id of scenario.file.covers ?? []) {
      const [section] = id.split('/');
      if (id.includes('/') && tables[section] !== undefined && !isRow(tables, id)) {
        throw new Error(`${scenario.name}: there is no row ${id}`);
      }
      // `15.62/a` is a part of the sequence 15.62.
      add(!isRow(tables, id) && isRow(tables, section) ? section : id, scenario);
    }
  }
  for (const patch of allPatches()) {
    for (const scenario of scenariosOf(patch, scenarios)) add(rowOf(patch), scenario);
  }
  return found;
}

const rowOf = ({ after, n }) => PATCH_ROWS[after.split('/')[0]](n);

/** Rows of patches without an effect, and why they have none. */
const unseenRows = () =>
  new Map(
    allPatches()
      .filter(({ effect }) => !effect)
      .map((patch) => [rowOf(patch), patch.why]),
  );

const isRow = (tables, id) =>
  [id.split('/')[0], id.split('.')[0]].some(
    (section) =>
      tables[section] !== undefined &&
      idsOf(section, tables[section]).some(([each]) => each === id),
  );

const exercised = (id, section, scenarios, tests) => [
  ...(scenarios.get(id) ?? []),
  ...tests
    .filter(({ rows }) => rows.includes(id) || rows.includes(section))
    .map(({ test, what }) => `${test.split('/').at(-1)} (${what})`),
];

const escaped = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
