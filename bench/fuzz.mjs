// Damaged dumps, damaged types, symbols and VMCOREINFO, and damaged logs: nothing may throw, last long, or take
// more than 512 MiB; each case ends with a named problem or with what could be followed.
//   node bench/fuzz.mjs [--count N] [--seed N] [--what dumps|tables|logs]
// Cases run in a child process, which is ended and named with its seed when a case does not end.
import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    what: { type: 'string' },
  },
});
const count = Number(values.count);
const first = Number(values.seed);
/** A case that says nothing for so long hangs. */
const MOST_SECONDS = 20;
const MOST_MIB = 512;
/** Outcomes that are faults of ours. */
const FAULTS = ['THROWN', 'ENDLESS'];

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(root, 'node_modules', '.fuzz-'));

/** Tests see the sources of the workspace. */
const sources = {
  name: 'workspace sources',
  setup({ onResolve }) {
    onResolve({ filter: /^@pagewright\// }, ({ path }) => {
      const [, name, sub = 'index'] = path.split('/');
      return { path: join(root, 'packages', name, 'src', `${sub}.ts`) };
    });
  },
};

async function bundle() {
  const outfile = join(folder, 'child.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'fuzz-child.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile,
    plugins: [sources],
    // Packages in CommonJS ask for Node's modules by require().
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    sourcemap: 'inline',
    logLevel: 'error',
  });
  if (!existsSync(outfile)) throw new Error('nothing was bundled');
  return outfile;
}

/** Runs the cases of one kind; answers how they ended. */
function run(script, what) {
  const found = { codes: new Map(), faults: [], slowest: [0, 0], rssMiB: 0, entries: 0, cases: 0 };
  return new Promise((resolve) => {
    const start = (seed) => {
      if (seed >= first + count) return resolve(found);
      const child = fork(script, [what, String(seed), String(first + count - seed)], {
        execArgv: ['--enable-source-maps', `--max-old-space-size=${MOST_MIB}`],
      });
      let current = seed;
      let watch;
      let begun = false;
      const rearm = () => {
        clearTimeout(watch);
        watch = setTimeout(() => {
          found.faults.push(`seed ${current} does not end in ${MOST_SECONDS} s`);
          child.kill('SIGKILL');
        }, MOST_SECONDS * 1000);
      };
      rearm();
      child.on('message', (message) => {
        rearm();
        begun = true;
        if (message.thrown) {
          const where = message.thrown.split('\n').slice(0, 5).join('\n');
          found.faults.push(`seed ${message.seed} throws: ${where}`);
        }
        if (message.seed !== undefined) current = message.seed;
        if (message.done === undefined) return;
        const { code, entries, milliseconds, rssMiB } = message;
        found.cases += 1;
        found.codes.set(code, (found.codes.get(code) ?? 0) + 1);
        if (code === FAULTS[1])
          found.faults.push(`seed ${message.done} asks for ${entries} entries`);
        found.entries = Math.max(found.entries, entries);
        if (milliseconds > found.slowest[0]) found.slowest = [milliseconds, message.done];
        if (rssMiB > MOST_MIB && found.rssMiB <= MOST_MIB) {
          found.faults.push(`seed ${message.done} takes ${Math.round(rssMiB)} MiB`);
        }
        found.rssMiB = Math.max(found.rssMiB, rssMiB);
      });
      child.on('exit', (status, signal) => {
        clearTimeout(watch);
        if (!begun) throw new Error('the process of the cases does not start');
        if (status === 0) return resolve(found);
        if (signal !== 'SIGKILL')
          found.faults.push(`seed ${current} ends the process (${status ?? signal})`);
        start(current + 1);
      });
    };
    start(first);
  });
}

try {
  const script = await bundle();
  const kinds = values.what === undefined ? ['dumps', 'tables', 'logs'] : [values.what];
  for (const what of kinds) {
    const begun = performance.now();
    const found = await run(script, what);
    const seconds = (performance.now() - begun) / 1000;
    const codes = [...found.codes].sort((a, b) => b[1] - a[1]);
    console.log(
      `${found.cases} damaged ${what} from seed ${first} in ${seconds.toFixed(1)} s: ` +
        `${found.faults.length} faults; at most ${Math.round(found.rssMiB)} MiB resident, ` +
        `${Math.round(found.slowest[0])} ms (seed ${found.slowest[1]}), ${found.entries} entries`,
    );
    for (const [code, times] of codes) console.log(`  ${String(times).padStart(6)} ${code}`);
    for (const fault of found.faults.slice(0, 10)) console.log(`  FAULT ${fault}`);
    if (found.faults.length > 0) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
