// The model: copies of a state of four processes with 64 pages, and simple operations on it; all
// invariants there, and in a state like those of searches. Each time is given beside that of a
// baseline, plain work on typed arrays in the same run, because other work on the machine slows both.
//   node bench/mm.mjs [--seconds 1]
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '1' } } });
/** Turns that are timed together: few, so that some are timed while nobody else works. */
const BATCH = 256;
const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(root, 'node_modules', '.mm-'));

const sources = {
  name: 'workspace sources',
  setup({ onResolve }) {
    onResolve({ filter: /^@pagewright\// }, ({ path }) => {
      const [, name, sub = 'index'] = path.split('/');
      return { path: join(root, 'packages', name, 'src', `${sub}.ts`) };
    });
  },
};

/** Best nanoseconds of one turn of a job, which is told how many turns to take. */
function best(job) {
  job(BATCH);
  let found = Number.POSITIVE_INFINITY;
  const end = process.hrtime.bigint() + BigInt(Math.round(Number(values.seconds) * 1e9));
  do {
    const from = process.hrtime.bigint();
    job(BATCH);
    found = Math.min(found, Number(process.hrtime.bigint() - from) / BATCH);
  } while (process.hrtime.bigint() < end);
  return found;
}

/** What speed is compared with: 64 dependent reads and writes of a typed array. */
const words = new Float64Array(4096);
function baseline(turns) {
  let at = 1;
  for (let turn = 0; turn < turns; turn++) {
    for (let i = 0; i < 64; i++) {
      at = (at * 17 + words[at]) & 4095;
      words[at] = (words[at] + i) & 4095;
    }
  }
}

try {
  await build({
    entryPoints: [join(root, 'packages/mm/test/make-busy-model.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile: join(folder, 'model.mjs'),
    plugins: [sources],
    logLevel: 'error',
  });
  const { makeBusyModel, SMALL, fault, zap, protect, checkInvariants } = await import(
    pathToFileURL(join(folder, 'model.mjs')).href
  );
  const { model, vmas } = makeBusyModel();
  const small = makeBusyModel(SMALL).model;
  const state = model.state;
  /** Pages of all processes in turn. */
  const each = (turn, job) => job(model, vmas[(turn >> 4) & 3], turn & 15);

  const jobs = {
    baseline,
    copy: (turns) => {
      for (let i = 0; i < turns; i++) model.state = state.copy();
    },
    'fault and zap, each': (turns) => {
      for (let i = 0; i < turns / 2; i++) {
        each(i, zap);
        each(i, fault);
      }
    },
    protect: (turns) => {
      for (let i = 0; i < turns; i++) each(i, protect);
    },
    'fault, zap and protect in turn': (turns) => {
      for (let i = 0; i < turns / 4; i++) {
        each(i, protect);
        each(i, fault);
        each(i, zap);
        each(i, fault);
      }
    },
  };
  const check = (model) => {
    if (checkInvariants(model).length > 0) throw new Error('an invariant broke');
  };
  let operation = 0;
  jobs['the same under all invariants'] = (turns) => {
    for (let i = 0; i < turns; i++) {
      each(i >> 2, [protect, fault, zap, fault][operation++ & 3]);
      check(model);
    }
  };
  jobs['all invariants, 3 processes of 2 pages'] = (turns) => {
    for (let i = 0; i < turns; i++) check(small);
  };
  const times = Object.entries(jobs).map(([name, job]) => [name, best(job)]);
  const [, unit] = times[0];
  for (const [name, nanoseconds] of times) {
    const rate = (1e3 / nanoseconds).toFixed(2);
    const ratio = (nanoseconds / unit).toFixed(2);
    console.log(
      `${name.padEnd(40)}${nanoseconds.toFixed(0).padStart(7)} ns  ${rate} M/s  ${ratio} x`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
