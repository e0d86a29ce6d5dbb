import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './run-cli.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagewright-kernel-space-'));
  writeFileSync(join(folder, 'empty.raw'), new Uint8Array(0x4000));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('inspect --kernel-space refuses', () => {
  it.each([
    ['standard input', ['-'], 'store it in a file'],
    ['options of processes', ['empty.raw', '--pid', '1'], '--pid says nothing there'],
    ['a base that is no number', ['empty.raw', '--base', 'x'], '--base "x"'],
    ['a dump without a kernel', ['empty.raw'], 'give it with --vmcoreinfo FILE'],
  ])('%s', (_, args, said) => {
    const paths = args.map((arg) => (arg === 'empty.raw' ? join(folder, arg) : arg));
    const { stdout, stderr, exitCode } = runCli(['inspect', '--kernel-space', ...paths]);
    expect([stdout, exitCode]).toEqual(['', 2]);
    expect(stderr).toContain(said);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

const dumps = process.env.PAGEWRIGHT_DUMPS;
if (dumps === undefined) {
  it('did NOT run on a real dump: PAGEWRIGHT_DUMPS names no folder of dumps', () => {
    console.warn('inspect --kernel-space was NOT run on a real dump: set PAGEWRIGHT_DUMPS');
    expect(dumps).toBeUndefined();
  });
} else {
  const ask = (guest: string, ...more: string[]) => {
    const dump = join(dumps, guest, 'dump.elf');
    const { stdout, exitCode } = runCli(['inspect', dump, '--kernel-space', ...more]);
    expect(exitCode).toBe(0);
    return stdout;
  };

  describe('inspect --kernel-space', () => {
    it('finds text executable and nothing writable and executable', () => {
      const { schema, totals, ranges, regions } = JSON.parse(ask('x86_64-6.12', '--json'));
      expect([schema, totals.writableExecutable, totals.broken]).toEqual([
        'pagewright/inspect/1',
        0,
        0,
      ]);
      const text = regions.find(({ name }: { name: string }) => name === 'kernel text');
      expect(ranges).toContainEqual(
        expect.objectContaining({ start: text.start, region: 'kernel text', rights: 'r-x' }),
      );
    });

    it('says why s390x has a page that is both', () => {
      const text = ask('s390x-6.12').split('\n');
      expect(text.find((line) => line.includes('writable and executable'))).toContain('1 pte rwx');
    });

    it('streams ranges and entries', () => {
      const count = (text: string) => text.trimEnd().split('\n').length;
      const ranges = ask('x86_64-6.12', '--ndjson');
      const entries = ask('x86_64-6.12', '--ndjson', '--entries');
      expect(count(ranges)).toBeLessThan(count(entries) / 10);
      expect(JSON.parse(entries.slice(0, entries.indexOf('\n')))).toEqual({
        addr: '0xffff888000000000',
        size: 4096,
        raw: expect.stringMatching(/^0x[0-9a-f]+$/),
        pfn: '0x0',
        region: 'direct map',
        level: 'pte',
        kind: 'leaf',
        rights: 'rw-',
        writableExecutable: false,
        excuse: null,
        sameAs: null,
        problem: null,
      });
    });
  });
}
