import { spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDumpFiles } from '@pagewright/dump/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeReheaded } from '../../dump/test/make-reheaded.js';
import { tasks } from '../src/index.js';
import { answersOf } from './distill-answers.js';
import { judgedKernel } from './distill-truth.js';

/** Folder of dumps; of the guest the complete dump is taken, which has no KASLR. */
const DUMPS = process.env.PAGEWRIGHT_DUMPS;
const GUEST = 'x86_64-6.12';
const MAPPER = 243;
const KERNEL = {
  directMap: 0xffff_8880_0000_0000n,
  text: { virtual: 0xffff_ffff_8100_0000n, physical: 0x100_0000n, bytes: 0x300_0000n },
};
/** Bytes before the first note. */
const HEAD = 0x168;

const version = spawnSync('makedumpfile', ['-v'], { encoding: 'utf8' });
const source = join(DUMPS ?? '', GUEST, 'dump.elf');

if (DUMPS === undefined || !existsSync(source) || version.error !== undefined) {
  test('NOT RUN: forms that makedumpfile makes', () => {
    const why = 'set PAGEWRIGHT_DUMPS to a folder of dumps, and install makedumpfile';
    console.warn(`NOT RUN: forms that makedumpfile makes; ${why}`);
    expect(DUMPS === undefined || !existsSync(source) || version.error !== undefined).toBe(true);
  });
} else {
  let folder = '';
  let reheaded = '';
  let expected: string[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pagewright-makedumpfile-'));
    reheaded = join(folder, 'reheaded.elf');
    copyFileSync(source, reheaded);
    const descriptor = openSync(reheaded, 'r+');
    const head = new Uint8Array(HEAD);
    readSync(descriptor, head, 0, HEAD, 0);
    writeSync(descriptor, makeReheaded(head, KERNEL), 0, HEAD, 0);
    closeSync(descriptor);
    expected = await answersIn([source]);
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs makedumpfile on the dump; answers the files that it wrote. */
  function made(options: readonly string[], names: readonly string[]): string[] {
    const files = names.map((name) => join(folder, name));
    const flattened = options.includes('-F');
    const args = [...options, reheaded, ...(flattened ? [] : files)];
    const run = spawnSync('makedumpfile', args, { maxBuffer: 1 << 28 });
    expect([run.status, run.stderr.toString()]).toEqual([0, expect.anything()]);
    if (flattened) writeFileSync(files[0] as string, run.stdout);
    return files;
  }

  async function answersIn(paths: readonly string[]): Promise<string[]> {
    const dump = await openDumpFiles(paths);
    if (!dump.ok) throw new Error(dump.problem.message);
    const { kernel, judge } = judgedKernel(dump.value);
    const answers = [...answersOf(kernel, judge, [MAPPER])];
    dump.value.close();
    return answers;
  }

  describe(`${GUEST} as makedumpfile writes it: ${version.stdout.trim().split('\n')[0]}`, () => {
    test.each([
      [['-c'], ['zlib']],
      [['-l'], ['lzo']],
      [['-c', '-d', '16'], ['without-free']],
      [['-c', '-d', '17'], ['without-free-and-zeros']],
      [['-E', '-d', '17'], ['elf']],
      [['-F', '-c', '-d', '16'], ['flattened']],
      [['-F', '-E', '-d', '16'], ['flattened-elf']],
      [
        ['--split', '-l', '-d', '16'],
        ['part-1', 'part-2', 'part-3'],
      ],
    ])('%j', { timeout: 120_000 }, async (options, names) => {
      const files = made(options, names);
      expect(await answersIn(files.reverse())).toEqual(expected);
      for (const file of files) rmSync(file);
    });

    // Its slabs look like pages of users to a makedumpfile that is older than the kernel.
    test('-d 31: what is gone is said', async () => {
      const dump = await openDumpFiles(made(['-c', '-d', '31'], ['filtered']));
      if (!dump.ok) throw new Error(dump.problem.message);
      const list = tasks(judgedKernel(dump.value).kernel);
      expect(list).toMatchObject({ ok: true, value: { problem: { code: 'excluded' } } });
      dump.value.close();
    });
  });
}
