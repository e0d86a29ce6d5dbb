// bisect: every scenario of the repository between releases and over each series, and which of them
// took longest. Runs the built packages; each walk is timed by itself.
//   node bench/bisect.mjs [--kernel v6.9..v6.12]
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findRevision, revisionForm } from '../packages/core/dist/index.js';
import {
  bisect,
  firstForm,
  parseScenario,
  rememberForms,
} from '../packages/scenario/dist/index.js';
import { builtBackends } from '../scripts/built-backends.mjs';

const WAYS = [
  ...['v5.18..v6.1', 'v6.9..v6.12', 'v6.12..v6.17'],
  ...['rmap-log/0..rmap-log/10', 'zeropage-v2/0..zeropage-v2/3', 'dax-v6/0..dax-v6/26'],
  'rfc-2025-06/0..rfc-2025-06/14',
];
const { values } = parseArgs({ options: { kernel: { type: 'string' } } });

const backends = await builtBackends();
const ownerOf = (name) => backends.find(({ forms }) => forms.some((form) => form.name === name));
const source = rememberForms({
  names: backends.flatMap(({ forms }) => forms.map(({ name }) => name)),
  form: (name, revision) => revisionForm(ownerOf(name), name, revision),
});
const folder = join(import.meta.dirname, '../fixtures/scenarios');
const scenarios = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => value(parseScenario(readFileSync(join(folder, name), 'utf8'), name)));

function value(result) {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}

for (const way of values.kernel === undefined ? WAYS : [values.kernel]) {
  const ends = way.split('..').map((id) => value(findRevision(id)));
  const times = [];
  for (const scenario of scenarios) {
    const form = firstForm(scenario, source, ends);
    if (!form.ok) continue;
    const from = performance.now();
    const { runs } = value(bisect(scenario, source, form.value, ...ends));
    times.push({ name: scenario.name, runs, ms: performance.now() - from });
  }
  times.sort((a, b) => b.ms - a.ms);
  const [worst] = times;
  const mean = times.reduce((sum, { ms }) => sum + ms, 0) / times.length;
  console.log(
    `${way.padEnd(32)}${times.length} scenarios, mean ${mean.toFixed(0)} ms, worst ` +
      `${worst.ms.toFixed(0)} ms in ${worst.runs} runs (${worst.name})`,
  );
}
