import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from './run-cli.js';
import { stepsOf, written } from './session.js';

const folder = join(import.meta.dirname, 'sessions');

// `UPDATE=1 npx vitest run apps/cli` writes what is printed now into the sessions: read the diff.
describe.each(readdirSync(folder))('%s', (name) => {
  const path = join(folder, name);
  const expected = readFileSync(path, 'utf8');
  const steps = stepsOf(expected);

  it('holds commands', () => {
    expect(steps.length).toBeGreaterThan(0);
  });

  it('prints what the session says', { timeout: 120_000 }, () => {
    const runs = steps.map((step) => ({ step, run: runCli(step.args, step.input) }));
    const now = runs.map(({ step, run }) => written(step, run)).join('\n');
    if (process.env.UPDATE) writeFileSync(path, now);
    else expect(now).toBe(expected);
    for (const { step, run } of runs) {
      if (run.exitCode !== 2) continue;
      expect(run.stderr, step.line).toMatch(/^pagewright: [^\n]+\n$/);
      expect(run.stdout, step.line).toBe('');
    }
  });
});
