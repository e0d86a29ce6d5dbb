// The explorer: transitions (actions applied, their states looked up) a second, by one thread and by two,
// without invariants and with all of them; bytes of a state. Of forks and CoW twice: three processes that
// map, write, unmap and fork, searched to the end (the bound that bench/spin.mjs shares with SPIN); and
// three that end and are forked again and again, to a depth. Other work on the machine slows it: the
// seconds that processors worked are told beside.
//   node bench/explore.mjs [--frames 4] [--depth 9]
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values } = parseArgs({
  options: { frames: { type: 'string', default: '4' }, depth: { type: 'string', default: '9' } },
});
const root = join(import.meta.dirname, '..');
const SLOTS = readFileSync(join(root, 'bench/spin/three-processes.yaml'), 'utf8')
  .replace(/ram: \d+/, `ram: ${values.frames}`)
  .replace(/^always:.*\n/m, '');
const EXITS = `
bound: Forks, writes and exits of three processes
machine: {ram: 8}
objects:
  processes: {P0: {}}
  vmas: {V: {flags: rw-p, pages: 2}}
actions:
  - write: {any: [V, V+1, P1:V, P1:V+1, P2:V, P2:V+1]}
  - read: {any: [V, P1:V, P2:V]}
  - fork: {any: [P0, P1, P2]}
    as: {first free of: [P1, P2]}
  - exit: {any: [P1, P2]}
depth: ${values.depth}
`;
const folder = mkdtempSync(join(root, 'node_modules', '.explore-'));

const sources = {
  name: 'workspace sources',
  setup({ onResolve }) {
    onResolve({ filter: /^@pagewright\// }, ({ path }) => {
      const [, name, sub = 'index'] = path.split('/');
      return { path: join(root, 'packages', name, 'src', `${sub}.ts`) };
    });
  },
};

/** Searches once; answers what was found and how long it took. */
async function search({ Search, Threads, boundOf, stepperOf }, text, threads, file) {
  const isShared = threads > 1;
  const one = new Search(stepperOf(boundOf(text), 'v6.12'), {}, undefined, isShared);
  const turns = one.turns();
  let step = turns.next();
  const wanted = { text, kernel: 'v6.12' };
  const helpers = new Threads(one, { count: threads - 1, file, wanted });
  while (helpers.ready < threads - 1) await new Promise((resolve) => setTimeout(resolve, 10));
  const [from, fromCpu] = [performance.now(), process.cpuUsage()];
  while (!step.done) {
    const round = isShared ? await helpers.expand(step.value) : one.hand.expandAll(step.value);
    step = turns.next(round);
  }
  const seconds = (performance.now() - from) / 1000;
  const { user, system } = process.cpuUsage(fromCpu);
  await helpers.close();
  const { usedBytes: bytes } = one.table;
  return {
    ...step.value,
    seconds,
    cpu: (user + system) / 1e6,
    bytes,
    known: one.usedBytes - bytes,
  };
}

try {
  const exports = `
    export { Search } from '@pagewright/explore';
    export { Threads } from '${root}/packages/explore/src/node/threads.js';
    export { boundOf, stepperOf } from '${root}/packages/explore/test/forms.js';`;
  const common = { bundle: true, platform: 'node', target: 'node20', logLevel: 'error' };
  const plugins = [sources];
  const [main, thread] = ['main.cjs', 'thread.cjs'].map((name) => join(folder, name));
  const stdin = { contents: exports, resolveDir: root, loader: 'ts' };
  await build({ ...common, plugins, stdin, outfile: main });
  const worker = join(root, 'packages/explore/test/thread.ts');
  await build({ ...common, plugins, entryPoints: [worker], outfile: thread });
  const { default: parts } = await import(pathToFileURL(main).href);
  for (const [name, bound] of Object.entries({ 'three slots': SLOTS, 'with exits': EXITS })) {
    for (const always of ['[]', 'all']) {
      const rates = [];
      for (const threads of [1, 2]) {
        const text = `${bound}always: ${always}\n`;
        const found = await search(parts, text, threads, pathToFileURL(thread));
        const { states, transitions, seconds, cpu, bytes, known } = found;
        rates.push(transitions / seconds);
        console.log(
          `${name}, always: ${always}, ${threads} thread${threads > 1 ? 's' : ''}: ` +
            `${states} states, ${transitions} transitions in ${seconds.toFixed(2)} s ` +
            `(${cpu.toFixed(2)} s of processors), ${Math.round(transitions / seconds)}/s, ` +
            `${(bytes / states).toFixed(0)} bytes a state, ` +
            `${Math.round(known / 2 ** 20)} MiB of what is known of actions`,
        );
      }
      console.log(`  two threads are ${(rates[1] / rates[0]).toFixed(2)} times one`);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
