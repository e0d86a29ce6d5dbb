import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './run-cli.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagewright-explore-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('explore', () => {
  it('finds in all shipped bounds what they expect', { timeout: 600_000 }, () => {
    const { stdout, exitCode } = runCli(['explore', 'fixtures/bounds', '--check']);
    expect(stdout.split('\n').filter((line) => line.startsWith('FAILED'))).toEqual([]);
    expect(stdout).toMatch(/\n(\d+) bounds, \d+ searches, 0 not as expected\n$/);
    expect(exitCode).toBe(0);
  });

  it.each([
    'anon-vma-harmful',
    'dax-03-locked-entry',
    'pin-and-write',
    'race-gup-fast-migrate',
    'rfc-11-dev-mem',
  ])('exports what it finds in %s as a scenario that runs', { timeout: 120_000 }, (name) => {
    const scenario = join(folder, `${name}.yaml`);
    const graph = join(folder, `${name}.dot`);
    const picture = join(folder, `${name}.svg`);
    const bound = `fixtures/bounds/${name}.yaml`;
    const ways = ['--export', scenario, '--dot', graph, '--svg', picture];
    const found = runCli(['explore', bound, ...ways]);
    expect(found.exitCode).toBe(1);
    const { stdout, exitCode } = runCli(['scenario', 'run', scenario]);
    expect(stdout).toMatch(/\nas expected\n$/);
    expect(exitCode).toBe(0);
    expect(readFileSync(graph, 'utf8')).toMatch(/^digraph path \{\n/);
    expect(readFileSync(picture, 'utf8')).toMatch(/<svg .*stroke="red".*<\/svg>\n$/s);
  });

  it('goes on from a checkpoint, and counts the same', { timeout: 120_000 }, () => {
    const bound = 'fixtures/bounds/anon-vma-first-double-use.yaml';
    const search = ['explore', bound, '--kernel', 'rmap-log/10', '--json'];
    const file = join(folder, 'checkpoint');
    const stopped = runCli([...search, '--depth', '8', '--checkpoint', file]);
    expect(JSON.parse(stopped.stdout)).toMatchObject({ finished: false, stoppedBy: 'depth' });
    const countsOf = (run: { readonly stdout: string }) => {
      const { finished, states, transitions, depth } = JSON.parse(run.stdout);
      return { finished, states, transitions, depth };
    };
    const whole = countsOf(runCli(search));
    expect(whole.finished).toBe(true);
    expect(countsOf(runCli([...search, '--resume', file]))).toEqual(whole);
    expect(countsOf(runCli([...search, '--workers', '2']))).toEqual(whole);
  });
});
