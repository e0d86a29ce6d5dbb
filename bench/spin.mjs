// The explorer beside SPIN, on one model of three processes with three slots: bench/spin says how they
// correspond. Both look at every state in one thread, and check nothing; numbers of states and of
// transitions must be equal. Needs a build, `spin` (a Debian package) and `cc`.
//   node bench/spin.mjs [--frames 3]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { frames: { type: 'string', default: '3' } } });
const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'pagewright-spin-'));

const run = (file, args) => execFileSync(file, args, { cwd: folder, encoding: 'utf8' });

function explored() {
  const text = readFileSync(join(root, 'bench/spin/three-processes.yaml'), 'utf8');
  const bound = join(folder, 'bound.yaml');
  writeFileSync(bound, text.replace(/ram: \d+/, `ram: ${values.frames}`));
  const found = JSON.parse(
    run(process.execPath, [join(root, 'apps/cli/dist/main.js'), 'explore', bound, '--json']),
  );
  if (!found.finished) throw new Error(`the search was stopped by ${found.stoppedBy}`);
  return { name: 'explore', ...found };
}

function spun() {
  const model = join(root, 'bench/spin/three-processes.pml');
  // With -o2, what no action asks for stays a part of the state.
  run('spin', ['-o2', `-DFRAMES=${values.frames}`, '-a', model]);
  // SAFETY: no cycles are looked for. NOREDUCE: every order of actions is gone. States are stored
  // whole: neither compressed, which is slower, nor as hashes, which loses some.
  run('cc', ['-w', '-O2', '-DSAFETY', '-DNOREDUCE', '-DMEMLIM=4096', '-o', 'pan', 'pan.c']);
  const from = performance.now();
  const told = run(join(folder, 'pan'), ['-m1000000', '-w22']);
  const seconds = (performance.now() - from) / 1000;
  const count = (pattern) => Number(pattern.exec(told)?.[1] ?? Number.NaN);
  const states = count(/(\d+) states, stored/);
  if (!(states > 0) || /search depth too small|out of memory/.test(told)) throw new Error(told);
  // SPIN takes the first state for one that a transition led to.
  return { name: 'SPIN', states, transitions: count(/(\d+) transitions/) - 1, seconds };
}

try {
  const both = [explored(), spun()];
  for (const { name, states, transitions, seconds } of both) {
    const rate = (number) => Math.round(number / seconds);
    console.log(
      `${name.padEnd(8)} ${states} states, ${transitions} transitions in ${seconds.toFixed(2)} s: ` +
        `${rate(transitions)} transitions/s, ${rate(states)} states/s`,
    );
  }
  const [ours, theirs] = both;
  const isEqual = ours.states === theirs.states && ours.transitions === theirs.transitions;
  const share = ours.transitions / ours.seconds / (theirs.transitions / theirs.seconds);
  console.log(isEqual ? `  ${share.toFixed(3)} of SPIN's rate` : '  the counts differ');
  if (!isEqual) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
