import { dumpFuzzer } from '../packages/inspect/test/fuzz-dumps.js';
import { fuzzTable } from '../packages/inspect/test/fuzz-tables.js';
import { fuzzLog } from '../packages/triage/test/fuzz-logs.js';

/**
 * Runs cases in a process of its own, which `bench/fuzz.mjs` watches: arguments are what is damaged,
 * the first seed, and the number of cases. Says before each case which it is.
 */
const [what, first, count] = process.argv.slice(2);
const run = what === 'dumps' ? await dumpFuzzer() : what === 'logs' ? fuzzLog : fuzzTable;
const say = (message: object) => process.send?.(message);

for (let seed = Number(first); seed < Number(first) + Number(count); seed++) {
  say({ seed });
  const start = performance.now();
  let code: string;
  let entries = 0;
  try {
    ({ code, entries } = run(seed));
  } catch (cause) {
    code = 'THROWN';
    say({ thrown: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause), seed });
  }
  const milliseconds = performance.now() - start;
  // maxRSS is in KiB.
  say({ done: seed, code, entries, milliseconds, rssMiB: process.resourceUsage().maxRSS / 1024 });
}
process.disconnect?.();
