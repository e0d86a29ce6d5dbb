// What the command line costs above bare `node`, and the demo as a whole: the median over alternating
// runs of each command. Needs a build.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const RUNS = 15;
const main = join(import.meta.dirname, '..', 'apps', 'cli', 'dist', 'main.js');
const commands = {
  'node, nothing': ['-e', '0'],
  '--help': [main, '--help'],
  'decode x86_64': [main, 'decode', 'x86_64', '0x8000000000000867'],
  'decode s390x --json': [main, 'decode', 's390x', '0x13f', '--json'],
  demo: [main],
};

const times = new Map(Object.keys(commands).map((name) => [name, []]));
for (let run = 0; run < RUNS; run++) {
  for (const [name, args] of Object.entries(commands)) {
    const from = process.hrtime.bigint();
    const { status, stderr } = spawnSync(process.execPath, args);
    if (status !== 0) throw new Error(`${name}: exit ${status}: ${stderr}`);
    times.get(name).push(Number(process.hrtime.bigint() - from) / 1e6);
  }
}
const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
const bare = median(times.get('node, nothing'));
for (const [name, list] of times) {
  const ms = median(list);
  console.log(`${name.padEnd(22)} ${ms.toFixed(0)} ms, ${(ms - bare).toFixed(0)} ms above node`);
}
