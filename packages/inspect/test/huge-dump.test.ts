import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDumpFiles } from '@pagewright/dump/node';
import { expect, test } from 'vitest';
import { x86 } from '../../arch-x86/src/index.js';
import { kernelLayout } from '../../arch-x86/src/kernel.js';
import {
  AreaReader,
  addressSpace,
  areaRanges,
  openJudge,
  openKernel,
  type Task,
  tasks,
} from '../src/index.js';
import { writeHugeDump } from './make-huge-dump.js';

function must<T>(result: { ok: true; value: T } | { ok: false; problem: { message: string } }): T {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}

test('a sparse dump of 64 GiB is opened, and every entry in it is accounted for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pagewright-huge-'));
  try {
    const path = join(folder, 'huge.elf');
    const made = writeHugeDump(path, 64, 100_000);
    const dump = must(await openDumpFiles([path]));
    const architectures = [{ backend: x86, kernelLayout }];
    const kernel = must(openKernel(dump, { architectures }));
    const judge = must(openJudge(kernel));
    const [task] = must(tasks(kernel)).tasks as readonly [Task];
    const space = must(addressSpace(kernel, task.mm ?? expect.fail('no mm')));
    const found = { page: 0, none: 0, bad: 0, absent: 0 };
    for (const area of must(new AreaReader(kernel).areas(space)).areas) {
      for (const { key, entries } of must(areaRanges(must(judge.context(space)), area))) {
        if (key.kind === 'leaf' || key.kind === 'absent') {
          found[key.verdict?.answer ?? 'absent'] += entries;
        }
      }
    }
    dump.close();
    expect(found).toEqual({
      page: made.entries - made.zero - made.swapped,
      none: made.zero,
      bad: 0,
      absent: made.swapped,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
