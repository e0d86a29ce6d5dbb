// The whole job of `inspect` from the command line: how long it takes, and what stays in memory.
//   node bench/inspect.mjs [--dump FILE] [--types FILE] [--vmlinux FILE] [--gib 64] [--pages 10000000]
// Writes a sparse ELF core of 64 GiB whose tables map 10 million pages, and accounts for them; with
// --dump the same for that dump, and with --vmlinux drgn counts its present pages beside it, where
// drgn is installed. Times are the best of a few runs, in the same run;
// where others keep the machine busy, processor time says more.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values } = parseArgs({
  options: {
    dump: { type: 'string' },
    types: { type: 'string' },
    vmlinux: { type: 'string' },
    gib: { type: 'string', default: '64' },
    pages: { type: 'string', default: '10000000' },
  },
});
const RUNS = 5;
const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(root, 'node_modules', '.inspect-'));

const sources = {
  name: 'workspace sources',
  setup({ onResolve }) {
    onResolve({ filter: /^@pagewright\// }, ({ path }) => {
      const [, name, sub = 'index'] = path.split('/');
      return { path: join(root, 'packages', name, 'src', `${sub}.ts`) };
    });
  },
};

/** The command as it is installed, in pieces that are loaded when they are needed. */
async function bundle(entry, outdir) {
  await build({
    entryPoints: [join(root, entry)],
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outdir,
    plugins: [sources],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
}

/** Runs a program; answers its output, the time it took, and the most memory it held. */
function run(program, args, env = {}) {
  const from = process.hrtime.bigint();
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    maxBuffer: 1 << 30,
    env: { ...process.env, ...env },
  });
  const seconds = Number(process.hrtime.bigint() - from) / 1e9;
  if (error) throw error;
  if (status > 1) throw new Error(`${program}: exit ${status}: ${stderr}`);
  const told = /resident (\d+) cpu (\d+)/.exec(stderr.toString());
  if (told === null) throw new Error(`${program} does not tell what it took: ${stderr}`);
  return { stdout, seconds, mib: Number(told[1]) / 1024, cpuSeconds: Number(told[2]) / 1e6 };
}

/** Best time and largest memory of a few runs. */
function best(job) {
  const runs = Array.from({ length: RUNS }, job);
  const fastest = runs.reduce((a, b) => (b.seconds < a.seconds ? b : a));
  return { ...fastest, mib: Math.max(...runs.map(({ mib }) => mib)) };
}

const shown = ({ seconds, cpuSeconds, mib }) =>
  `${seconds.toFixed(2)} s (${cpuSeconds.toFixed(2)} s of processor time), ${Math.round(mib)} MiB`;

/** Entries by their verdict, of lines that are a range each. */
function sumOf(stdout) {
  const totals = {};
  for (const line of stdout.toString().trim().split('\n')) {
    const { verdict, kind, entries, problem } = JSON.parse(line);
    const key = problem === null ? (verdict ?? kind) : 'broken';
    totals[key] = (totals[key] ?? 0) + entries;
  }
  return totals;
}

const DRGN = `
import drgn, resource, sys
from drgn.helpers.linux import for_each_task, for_each_vma
from drgn.helpers.linux.mm import follow_phys
program = drgn.Program()
program.set_core_dump(sys.argv[1])
program.load_debug_info([sys.argv[2]])
pages = 0
for task in for_each_task(program):
    if not task.mm: continue
    for vma in for_each_vma(task.mm):
        for address in range(vma.vm_start.value_(), vma.vm_end.value_(), 4096):
            try:
                follow_phys(task.mm, address)
                pages += 1
            except drgn.FaultError:
                pass
print(pages)
used = resource.getrusage(resource.RUSAGE_SELF)
sys.stderr.write("resident %d cpu %d" % (used.ru_maxrss, (used.ru_utime + used.ru_stime) * 1e6))
`;

try {
  await bundle('apps/cli/src/main.ts', join(folder, 'dist'));
  await bundle('packages/inspect/test/make-huge-dump.ts', join(folder, 'make'));
  copyFileSync(join(root, 'apps/cli/package.json'), join(folder, 'package.json'));
  const tell = join(folder, 'tell.mjs');
  writeFileSync(
    tell,
    `process.on('exit', () => {
      const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
      process.stderr.write('resident ' + maxRSS + ' cpu ' + (userCPUTime + systemCPUTime));
    });`,
  );
  const main = join(folder, 'dist', 'main.js');
  const inspect = (...args) =>
    run(process.execPath, [
      '--import',
      pathToFileURL(tell).href,
      main,
      'inspect',
      '--ndjson',
      ...args,
    ]);

  const huge = join(folder, 'huge.elf');
  const { writeHugeDump } = await import(
    pathToFileURL(join(folder, 'make', 'make-huge-dump.js')).href
  );
  const made = writeHugeDump(huge, Number(values.gib), Number(values.pages));
  const { size, blocks } = statSync(huge);
  console.log(
    `${Math.floor(size / 2 ** 30)} GiB of memory, ${(blocks / 2048).toFixed(0)} MiB on disk`,
  );
  const job = best(() => inspect(huge));
  const counted = sumOf(job.stdout);
  const right =
    counted.page === made.entries - made.zero - made.swapped &&
    counted.none === made.zero &&
    counted.swap === made.swapped &&
    Object.keys(counted).length === 3;
  if (!right) throw new Error(`counted ${JSON.stringify(counted)}`);
  const rate = (seconds) => `${(made.entries / seconds / 1e6).toFixed(1)} M/s`;
  console.log(`${made.entries} entries with their verdicts: ${shown(job)}`);
  console.log(`from start to end ${rate(job.seconds)}, by processor time ${rate(job.cpuSeconds)}`);

  if (values.dump !== undefined) {
    const more = values.types === undefined ? [] : ['--types', values.types];
    const ours = best(() => inspect(values.dump, ...more));
    console.log(`${values.dump}: ${shown(ours)}, ${JSON.stringify(sumOf(ours.stdout))}`);
    const hasDrgn = spawnSync('python3', ['-c', 'import drgn']).status === 0;
    if (values.vmlinux === undefined) console.log('drgn NOT RUN: no --vmlinux');
    else if (!hasDrgn) console.log('drgn NOT RUN: it is not installed');
    else {
      const script = join(folder, 'count.py');
      writeFileSync(script, DRGN);
      const theirs = best(() => run('python3', [script, values.dump, values.vmlinux]));
      console.log(
        `drgn: ${shown(theirs)}; pagewright takes ${(ours.seconds / theirs.seconds).toFixed(2)} of its time`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
