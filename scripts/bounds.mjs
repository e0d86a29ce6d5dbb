// Writes into every shipped bound what its search finds now, as `expect:` at the end of the file:
// `node scripts/bounds.mjs [name...]`, after a build. Read the diff.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { explore, parseBound } from '../packages/explore/dist/index.js';
import { selectKernels } from '../packages/scenario/dist/index.js';
import { groundOf } from '../packages/scenario/dist/parts.js';
import { formSource } from './form-source.mjs';

const BOUNDS = 'fixtures/bounds';
const BEGINNING = 'expect:\n';

const source = await formSource();
const asked = process.argv.slice(2);
for (const name of readdirSync(BOUNDS)) {
  if (!name.endsWith('.yaml') || (asked.length > 0 && !asked.includes(name))) continue;
  const path = `${BOUNDS}/${name}`;
  const text = readFileSync(path, 'utf8');
  const lines = outcomes(valueIn(parseBound(text, name)));
  const at = text.lastIndexOf(`\n${BEGINNING}`);
  const rest = at < 0 ? text : text.slice(0, at + 1);
  writeFileSync(path, `${rest}${BEGINNING}${lines.map((line) => `  ${line}\n`).join('')}`);
  console.log([name, ...lines].join('\n  '));
}

function outcomes(bound) {
  const { machine } = bound.file;
  const form = [machine.form].flat()[0];
  return [machine.kernel].flat().map((kernel) => {
    const [revision] = valueIn(selectKernels(kernel));
    const ground = valueIn(groundOf(bound, source, form, revision));
    const found = valueIn(explore(bound, ground.form, ground.kernel));
    return `${kernel}: ${outcome(found)}`;
  });
}

function outcome({ finished, stoppedBy, violations, sometimes, states, transitions, depth }) {
  const unreached = sometimes.filter(({ length }) => length === null).map(({ id }) => id);
  const counts = [
    `states: ${states}, transitions: ${transitions}, depth: ${depth}`,
    ...(finished && unreached.length > 0 ? [`unreached: [${unreached.join(', ')}]`] : []),
  ].join(', ');
  if (finished) return `{result: holds, ${counts}}`;
  if (violations.length === 0) return `{stopped: ${stoppedBy}, ${counts}}`;
  const ids = [...new Set(violations.map(({ id }) => id))].join(', ');
  return `{violated: [${ids}], length: ${violations[0].actions.length}, ${counts}}`;
}

function valueIn(result) {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}
