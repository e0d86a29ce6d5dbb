import { existsSync, readFileSync } from 'node:fs';

/** What is supported, each with what holds it; the images are made and opened from the same rows. */
const ROWS = 'packages/inspect/test/support.json';
/** Runs all rows that name an image. */
const IMAGES = 'packages/inspect/test/images.test.ts';
/** Names the guests whose dumps are opened where they are at hand. */
const REAL_DUMPS = 'packages/inspect/test/judged-dumps.test.ts';

const HEAD = `# What dumps are read, and what holds it

Generated from \`${ROWS}\` by \`node scripts/docs.mjs\`; do not edit.

"Real dump" names guests whose dumps, with the kernel's own account of them, are compared when
\`PAGEWRIGHT_DUMPS\` names a folder of them. "Synthetic image only" means that no real dump at hand
shows it: a test builds memory as such a kernel would leave it, and opens that.
`;

/** The table; throws for a row whose test or guest does not exist. */
export function supportMarkdown() {
  const rows = JSON.parse(readFileSync(ROWS, 'utf8'));
  const sections = [...grouped(rows)].map(([group, members]) => {
    const lines = members.map((row) => `| ${row.feature} | ${heldBy(row)} | ${testOf(row)} |`);
    return `\n## ${group}\n\n| what | held by | test |\n| --- | --- | --- |\n${lines.join('\n')}\n`;
  });
  return HEAD + sections.join('');
}

function grouped(rows) {
  const groups = new Map();
  for (const row of rows) groups.set(row.group, [...(groups.get(row.group) ?? []), row]);
  return groups;
}

function heldBy({ feature, dumps = [], rewritten }) {
  const known = readFileSync(REAL_DUMPS, 'utf8');
  for (const guest of dumps) {
    if (!known.includes(`'${guest}'`)) {
      throw new Error(`${ROWS}: ${feature}: no test opens a dump of ${guest}`);
    }
  }
  if (dumps.length > 0) return `real dump ${dumps.join(', ')}`;
  if (rewritten === undefined) return 'synthetic image only';
  const { guest } = rewritten;
  requireTest(feature, rewritten.file, rewritten.name);
  requireTest(feature, rewritten.file, `'${guest}'`);
  return `real dump ${guest}, written anew in this form`;
}

function testOf({ feature, image, test, rewritten }) {
  if (rewritten !== undefined) return `\`${IMAGES}\`, \`${rewritten.file}\``;
  if (image !== undefined) return `\`${IMAGES}\``;
  if (test === undefined) throw new Error(`${ROWS}: ${feature}: nothing holds it`);
  requireTest(feature, test.file, test.name);
  return `\`${test.file}\`: ${test.name}`;
}

function requireTest(feature, file, name) {
  if (existsSync(file) && readFileSync(file, 'utf8').includes(name)) return;
  throw new Error(`${ROWS}: ${feature}: ${file} has no test "${name}"`);
}
