import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli } from './run-cli.js';

it('the file to start from is a scenario that goes as it says', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pagewright-scenario-'));
  try {
    const begun = runCli(['scenario', 'new']);
    expect(begun.exitCode).toBe(0);
    expect(begun.stdout).toContain('# One operation each');
    const file = join(folder, 'new.yaml');
    writeFileSync(file, begun.stdout);
    const run = runCli(['scenario', 'run', file]);
    expect(run.stderr).toBe('');
    expect(run.stdout).toContain('as expected');
    expect(run.exitCode).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
