import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { outputsIn, undescribed } from './described.js';

/** The built program; `npm test` builds before it tests. */
export const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
/** Where commands run, so that paths in them are those of the repository. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What a run of the program left behind. */
export interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

/**
 * Runs `pagewright` with standard input closed, or holding `input`. Throws where JSON that it prints
 * is not as the published schemas say.
 */
export function runCli(args: readonly string[], input: string | Buffer = ''): Run {
  const { stdout, stderr, status } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: ROOT,
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, NO_COLOR: '1', COLUMNS: '100' },
  });
  const byLine = args.includes('--ndjson');
  if (byLine || args.includes('--json')) {
    for (const output of outputsIn(stdout, byLine)) {
      const [fault] = undescribed(output);
      if (fault !== undefined) throw new Error(`${args.join(' ')}: ${fault}`);
    }
  }
  return { stdout, stderr, exitCode: status };
}
