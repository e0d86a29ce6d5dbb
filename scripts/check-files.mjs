// File names say what is inside, and a file holds one idea: names that say nothing fail, long
// source files are listed, and too long ones fail.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { filesBelow } from './workspace.mjs';

const EMPTY_NAME = /^(utils?|helpers|managers?|misc|common|stuff|.*\.\d)\.[cm]?[jt]s$/;
const LONG_LINES = 300;
const TOO_LONG_LINES = 400;

let failures = 0;
const files = ['packages', 'apps', 'scripts']
  .flatMap(filesBelow)
  .filter((f) => /\.m?[jt]s$/.test(f));
for (const file of files) {
  if (EMPTY_NAME.test(basename(file))) {
    console.log(`${file}: the name does not say what is inside`);
    failures += 1;
  }
  if (!file.includes('/src/')) continue;
  const lines = readFileSync(file, 'utf8').split('\n').length - 1;
  if (lines > LONG_LINES) console.log(`${file}: ${lines} lines`);
  if (lines > TOO_LONG_LINES) failures += 1;
}
console.log(`${files.length} files, ${failures} failures`);
if (files.length === 0 || failures > 0) process.exitCode = 1;
