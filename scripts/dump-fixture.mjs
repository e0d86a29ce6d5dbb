// Makes a fixture of a guest: its dump distilled to what inspecting its processes reads, and the
// running kernel's own account of them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { parse, stringify } from 'lossless-json';

const HELP = `usage: node scripts/dump-fixture.mjs --from FOLDER --out FOLDER

FOLDER holds what a guest left behind, decompressed (zstd -d --long=27): dump.elf and truth.json.
The program must be built. Writes, the same bytes each time, into the folder of --out:

  dump.kdump     what \`pagewright distill\` makes of dump.elf: no user data
  truth.json.gz  of truth.json what tells of the processes

example:
  node scripts/dump-fixture.mjs --from guests/x86_64-6.12 --out fixtures/dumps/x86_64-6.12`;

/** Members of truth.json that tests hold answers against. */
const KEPT = ['guest', 'page_size', 'vmemmap_base', 'ksm', 'expectations', 'processes'];
const PROGRAM = fileURLToPath(new URL('../apps/cli/dist/main.js', import.meta.url));

const { values: given } = parseArgs({
  options: {
    from: { type: 'string' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (given.help || !given.from || !given.out) {
  console.log(HELP);
  process.exit(given.help ? 0 : 2);
}

mkdirSync(given.out, { recursive: true });
const dump = [join(given.from, 'dump.elf'), '-o', join(given.out, 'dump.kdump')];
const { status } = spawnSync(process.execPath, [PROGRAM, 'distill', ...dump], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 2);
// Numbers reach 2^64 - 1 and are written as they were read.
const truth = parse(readFileSync(join(given.from, 'truth.json'), 'utf8'));
const kept = Object.fromEntries(KEPT.map((name) => [name, truth[name]]));
writeFileSync(join(given.out, 'truth.json.gz'), gzipSync(stringify(kept), { level: 9 }));
