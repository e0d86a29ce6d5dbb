import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './run-cli.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagewright-inspect-'));
  writeFileSync(join(folder, 'empty.raw'), new Uint8Array(0x4000));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('inspect refuses', () => {
  it.each([
    ['standard input', ['-'], 'read at random'],
    ['a pid that is no number', ['empty.raw', '--pid', 'x'], '--pid "x"'],
    ['an address that is none', ['empty.raw', '--vma', '1g'], '--vma "1g"'],
    ['an option that no table asks for', ['empty.raw', '--config', 'NAME=y'], 'no such option'],
    ['a file of types that is not there', ['empty.raw', '--types', 'none'], 'none: ENOENT'],
    ['a file that holds no types', ['empty.raw', '--types', 'empty.raw'], 'BTF'],
    ['a dump without a kernel', ['empty.raw'], 'VMCOREINFO'],
  ])('%s', (_, args, said) => {
    const paths = args.map((arg) => (arg === 'empty.raw' ? join(folder, arg) : arg));
    const { stdout, stderr, exitCode } = runCli(['inspect', ...paths]);
    expect([stdout, exitCode]).toEqual(['', 2]);
    expect(stderr).toContain(said);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

const dumps = process.env.PAGEWRIGHT_DUMPS;
if (dumps === undefined) {
  it('did NOT run on a real dump: PAGEWRIGHT_DUMPS names no folder of dumps', () => {
    console.warn('pagewright inspect was NOT run on a real dump: set PAGEWRIGHT_DUMPS');
    expect(dumps).toBeUndefined();
  });
} else {
  describe('inspect of x86_64-6.12', () => {
    const dump = join(dumps, 'x86_64-6.12', 'dump.elf');

    it('streams entries with the keys that programs rely on', () => {
      const { stdout, exitCode } = runCli(['inspect', dump, '--pid', '1', '--entries', '--ndjson']);
      expect(exitCode).toBe(0);
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines).toHaveLength(434);
      expect(lines[0]).toMatchObject({
        pid: 1,
        vma: '0x400000',
        addr: '0x400000',
        level: 'pte',
        size: 4096,
        kind: 'leaf',
        verdict: 'page',
        because: ['not-special', 'page-of-frame'],
      });
    });

    it('joins the entries of a mapping into ranges of equal verdict', () => {
      const { stdout, exitCode } = runCli(['inspect', dump, '--comm', 'mapper', '--json']);
      expect(exitCode).toBe(0);
      const { schema, kernel, processes } = JSON.parse(stdout);
      expect([schema, kernel]).toEqual(['pagewright/inspect/1', 'v6.12']);
      const [{ vmas, totals }] = processes;
      const counted = vmas.flatMap(({ ranges }: { ranges: { entries: number }[] }) =>
        ranges.map(({ entries }) => entries),
      );
      const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
      expect(sum(counted)).toBe(sum(Object.values(totals)));
      expect(counted.length).toBeLessThan(sum(counted) / 4);
    });

    it('says which kernel it was told to take, and judges by it', () => {
      const ask = (...more: string[]) => {
        const { stdout } = runCli(['inspect', dump, '--comm', 'mapper', '--json', ...more]);
        return JSON.parse(stdout);
      };
      const [found, asked] = [ask(), ask('--kernel', 'v6.17')];
      expect(asked.grounds[0]).toEqual({ choice: 'kernel v6.17', because: 'as asked' });
      expect(asked.processes[0].totals).not.toEqual(found.processes[0].totals);
    });
  });
}
