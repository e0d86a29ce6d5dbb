// Count-and-pfn over 256 MiB of x86-64 PTEs: the scanner against `cc -O3 -march=native`, same data,
// same run. Prints a ratio; needs a C compiler and a build (`npm test` or `turbo run build`).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { x86 } from '../packages/arch-x86/dist/index.js';
import { scannerFor } from '../packages/core/dist/scan.js';

const BYTES = 256 << 20;
const PASSES = 7;

/** A mix as tables hold it: half mapped, a third empty, the rest swap and PROT_NONE. */
function fill(words) {
  let state = 0x9e3779b9;
  for (let i = 0; i < words.length; i += 2) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const pick = (state >>> 24) & 15;
    const frame = state >>> 8;
    if (pick < 8) {
      words[i] = (frame << 12) | 0x867;
      words[i + 1] = 0x80000000 | (frame >>> 20);
    } else if (pick < 13) {
      words[i] = 0;
      words[i + 1] = 0;
    } else if (pick < 15) {
      words[i] = ~(frame << 9) & ~0x101;
      words[i + 1] = 0x07ffffff;
    } else {
      words[i] = (~(frame << 12) & 0xfffff000) | 0x120;
      words[i + 1] = 0x000fffff ^ (frame >>> 20);
    }
  }
}

const folder = mkdtempSync(join(tmpdir(), 'pagewright-bench-'));
try {
  const words = new Uint32Array(BYTES / 4);
  fill(words);
  const data = join(folder, 'words');
  const program = join(folder, 'baseline');
  writeFileSync(data, words);
  const source = join(import.meta.dirname, 'scan-baseline.c');
  execFileSync('cc', ['-O3', '-march=native', '-o', program, source]);
  const [none, leaf, absent, pfnSum, cNanoseconds] = execFileSync(program, [data, String(BYTES)])
    .toString()
    .trim()
    .split(' ');

  const form = x86.form('x86_64');
  if (!form.ok) throw new Error(form.problem.message);
  const scanner = scannerFor(form.value, 'pte');
  let best = Number.POSITIVE_INFINITY;
  let totals;
  for (let pass = 0; pass < PASSES; pass++) {
    const from = process.hrtime.bigint();
    totals = scanner.count(words);
    best = Math.min(best, Number(process.hrtime.bigint() - from));
  }
  const same =
    totals.kinds.none === Number(none) &&
    totals.kinds.leaf === Number(leaf) &&
    totals.kinds.absent === Number(absent) &&
    totals.pfnSum === BigInt(pfnSum);
  if (!same) throw new Error('the scanner and the C program count differently');
  const rate = (nanoseconds) => `${((BYTES / 8 / nanoseconds) * 1e3).toFixed(0)} M entries/s`;
  console.log(`C -O3 -march=native  ${rate(Number(cNanoseconds))}`);
  console.log(`scanner (${scanner.code})    ${rate(best)}`);
  console.log(`ratio                ${(Number(cNanoseconds) / best).toFixed(3)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
