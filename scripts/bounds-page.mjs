import { readdirSync, readFileSync } from 'node:fs';
import { parseBound } from '../packages/explore/dist/index.js';

const BOUNDS = 'fixtures/bounds';

const HEAD = `# Shipped bounds

Generated from \`expect:\` of \`${BOUNDS}\` by \`node scripts/docs.mjs\`; do not edit. What is expected is
what a search finds: \`pagewright explore --check ${BOUNDS}\` compares, \`node scripts/bounds.mjs\` writes it
anew. The length of a way is that of the shortest, without what is done before; with a violation the
counts are those of the search up to there.

| bound | kernel | form | outcome | length | states | transitions | depth |
|---|---|---|---|---:|---:|---:|---:|
`;

/** The page of the shipped bounds: a row for each with each kernel. */
export function boundsPage() {
  const names = readdirSync(BOUNDS).filter((name) => name.endsWith('.yaml'));
  return HEAD + names.flatMap(rowsOf).join('');
}

function rowsOf(name) {
  const bound = parseBound(readFileSync(`${BOUNDS}/${name}`, 'utf8'), name);
  if (!bound.ok) throw new Error(bound.problem.message);
  const { bound: title, machine, expect = {} } = bound.value.file;
  const link = `[${title}](../${BOUNDS}/${name})`;
  return Object.entries(expect).map(([kernel, expected]) => {
    const { violated, stopped, length = '', states, transitions, depth } = expected;
    const what = violated === undefined ? (stopped ?? 'holds') : [violated].flat().join(', ');
    const cells = [
      link,
      kernel,
      [machine.form].flat()[0],
      what,
      length,
      states,
      transitions,
      depth,
    ];
    return `| ${cells.join(' | ')} |\n`;
  });
}
