import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from './run-cli.js';
import { stepsOf, written } from './session.js';

const folder = join(import.meta.dirname, 'sessions');

// `npm test -- --update` writes what is printed now into the sessions: read the diff.
describe.each(readdirSync(folder))('%s', (name) => {
  const path = join(folder, name);
  const steps = stepsOf(readFileSync(path, 'utf8'));

  it('holds commands', () => {
    expect(steps.length).toBeGreaterThan(0);
  });

  it('prints what the session says', { timeout: 120_000 }, async () => {
    const runs = steps.map((step) => ({ step, run: runCli(step.args, step.input) }));
    for (const { step, run } of runs) {
      if (run.exitCode !== 2) continue;
      // Some answers end early: what there is stands on standard output, the reason in one line.
      expect(run.stderr, step.line).toMatch(/^pagewright: [^\n]+\n$/);
    }
    const now = runs.map(({ step, run }) => written(step, run)).join('\n');
    await expect(now).toMatchFileSnapshot(path);
  });
});
