import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchBackend } from '@pagewright/core';
import { parseTypesFile } from '@pagewright/dump';
import { openDumpFiles } from '@pagewright/dump/node';
import { describe, expect, test } from 'vitest';
import { arm64 } from '../../arch-arm64/src/index.js';
import { kernelLayout as arm64Layout } from '../../arch-arm64/src/kernel.js';
import { nopteSpecial } from '../../arch-nopte-special/src/index.js';
import { kernelLayout as umLayout } from '../../arch-nopte-special/src/kernel.js';
import { s390x } from '../../arch-s390x/src/index.js';
import { kernelLayout as s390xLayout } from '../../arch-s390x/src/kernel.js';
import { x86 } from '../../arch-x86/src/index.js';
import { kernelLayout as x86Layout } from '../../arch-x86/src/kernel.js';
import {
  AreaReader,
  addressSpace,
  areaRanges,
  judgedEntries,
  judgedRanges,
  type KernelArchitecture,
  openJudge,
  openKernel,
  tasks,
} from '../src/index.js';

/** Folder of dumps, each in a folder of its guest. */
const DUMPS = process.env.PAGEWRIGHT_DUMPS;
const GUESTS = ['x86_64-6.1', 'x86_64-6.12', 'x86_64-6.18', 'arm64-6.12', 's390x-6.12', 'uml-6.1'];
/** Only there does each frame's content tell the zeropage. */
const BY_CONTENT = 'uml-6.1';

const of = (backend: ArchBackend, kernelLayout: KernelArchitecture['kernelLayout']) => ({
  backend,
  kernelLayout,
});
const architectures = [
  of(x86, x86Layout),
  of(arm64, arm64Layout),
  of(s390x, s390xLayout),
  of(nopteSpecial, umLayout),
];

function value<T>(result: { ok: true; value: T } | { ok: false; problem: { message: string } }): T {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}

if (DUMPS === undefined) {
  test.skip('NOT RUN: ranges of real dumps (PAGEWRIGHT_DUMPS names no folder)', () => {});
  console.warn('NOT RUN: ranges of real dumps; set PAGEWRIGHT_DUMPS to a folder of dumps');
} else {
  describe.each(GUESTS)('%s', (guest) => {
    test('ranges found table by table are those of the entries one by one', async () => {
      const folder = join(DUMPS, guest);
      const paths = ['dump.elf', 'dump.d31.raw.kdump'].map((name) => join(folder, name));
      const dump = value(await openDumpFiles(paths.filter((path) => existsSync(path))));
      const types = join(folder, 'btf');
      const given =
        guest === BY_CONTENT ? { types: value(parseTypesFile(readFileSync(types))) } : {};
      const kernel = value(openKernel(dump, { architectures, ...given }));
      const judge = value(openJudge(kernel));
      expect(judge.pages.bounds === undefined).toBe(guest === BY_CONTENT);
      const reader = new AreaReader(kernel);
      let leaves = 0;
      for (const { mm } of value(tasks(kernel)).tasks) {
        if (mm === undefined) continue;
        const space = value(addressSpace(kernel, mm));
        const context = value(judge.context(space));
        for (const area of value(reader.areas(space)).areas) {
          const slow = [...judgedRanges(value(judgedEntries(context, area)))];
          const fast = value(areaRanges(context, area));
          const found = Array.from(fast, ({ start, end, entries, first, key }) => {
            leaves += key.kind === 'leaf' ? entries : 0;
            return { start, end, entries, first, key };
          });
          expect(found).toEqual(slow);
        }
      }
      expect(leaves).toBeGreaterThan(100);
      dump.close();
    });
  });
}
