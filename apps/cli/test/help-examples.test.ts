import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERBS } from '../src/verbs.js';
import { ROOT, runCli } from './run-cli.js';

/** The commands below `Examples:`, each as a shell reads it. */
function examplesOf(verb: string): readonly string[] {
  const [, listed = ''] = runCli([verb, '--help']).stdout.split('\nExamples:\n');
  return [...listed.matchAll(/^ {4}(\S(?:.*\\\n)*.*)$/gm)].map(([, command = '']) => command);
}

/** Where the files lie that the examples are about. */
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagewright-examples-'));
  symlinkSync(join(ROOT, 'fixtures'), join(folder, 'fixtures'));
  // Physical 0x80401000, the root of the example, is empty in an image that begins at 0x80000000.
  writeFileSync(join(folder, 'memory.raw'), new Uint8Array(0x402000));
  const um = pathToFileURL(join(ROOT, 'packages/arch-nopte-special/dist/index.js')).href;
  writeFileSync(
    join(folder, 'my-arch.mjs'),
    `import { nopteSpecial } from '${um}';
    export default { ...nopteSpecial, forms: nopteSpecial.forms.filter((f) => f.name === 'm68k') };`,
  );
});
/** Commands on `dump.elf` need the dump of a real kernel, which the repository does not hold. */
const dumps = process.env.PAGEWRIGHT_DUMPS;
const needsDump = (command: string): boolean => command.includes(' dump.elf');
beforeAll(() => {
  if (dumps !== undefined) {
    symlinkSync(join(dumps, 'x86_64-6.12', 'dump.elf'), join(folder, 'dump.elf'));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Verbs whose examples find something: logs of damage, kernels that differ, broken invariants. */
const FINDS: readonly string[] = ['triage', 'diff', 'explore'];

describe.each(VERBS.map(({ name }) => name))('the examples of %s --help', (verb) => {
  const examples = examplesOf(verb);

  it('are there', () => {
    expect(examples.length).toBeGreaterThan(0);
  });

  const runnable = examples.filter((command) => dumps !== undefined || !needsDump(command));
  if (runnable.length < examples.length) {
    it('NOT RUN on a real dump: PAGEWRIGHT_DUMPS names no folder', () => {
      console.warn(`examples of ${verb} were NOT run: PAGEWRIGHT_DUMPS is not set`);
      expect(examples.filter(needsDump).length).toBe(examples.length - runnable.length);
    });
  }

  it.each(runnable)('%s', { timeout: 120_000 }, (command) => {
    expect(command.split('\n').filter((line) => line.length > 76)).toEqual([]);
    const script = `pagewright() { "${process.execPath}" "${ROOT}/apps/cli/dist/main.js" "$@"; }\n${command}`;
    const run = spawnSync('bash', ['-c', script], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    expect(run.stderr).toBe('');
    expect(FINDS.includes(verb) ? [0, 1] : [0]).toContain(run.status);
    expect(run.stdout.length).toBeGreaterThan(80);
  });
});
