// Documents that are made from the code: `node scripts/docs.mjs` writes them with the built CLI,
// and with `--check` says which no longer say what the code says.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** File to the arguments of `pagewright` that print it. One line a document. */
const DOCUMENTS = {};

const check = process.argv[2] === '--check';
let failures = 0;
for (const [file, args] of Object.entries(DOCUMENTS)) {
  const made = spawnSync(process.execPath, ['apps/cli/dist/main.js', ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (made.status !== 0 || made.stdout === '') {
    console.log(`${file}: pagewright ${args.join(' ')} ended with ${made.status}\n${made.stderr}`);
    failures += 1;
  } else if (!check) {
    writeFileSync(file, made.stdout);
  } else if (!existsSync(file) || readFileSync(file, 'utf8') !== made.stdout) {
    console.log(`${file}: stale; run \`node scripts/docs.mjs\``);
    failures += 1;
  }
}
console.log(`${Object.keys(DOCUMENTS).length} documents, ${failures} failures`);
if (failures > 0) process.exitCode = 1;
