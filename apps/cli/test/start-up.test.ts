import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { runCli } from './run-cli.js';

/** Above bare node, by DESIGN 5; the machine that tests may be busy, so the best of some runs. */
const BUDGET_MS = 100;
const RUNS = 8;

const best = (run: () => void): number =>
  Math.min(
    ...Array.from({ length: RUNS }, () => {
      const from = performance.now();
      run();
      return performance.now() - from;
    }),
  );

describe('start-up above bare node', () => {
  const bare = best(() => spawnSync(process.execPath, ['-e', '0']));
  it.each([
    ['--help', ['--help']],
    ['decode', ['decode', 'x86_64', '0x8000000123456b67']],
    ['decode of another architecture', ['decode', 's390x', '0x13f', '--json']],
  ])('%s', (_, args) => {
    expect(best(() => runCli(args)) - bare).toBeLessThan(BUDGET_MS);
  });
});
