import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { physAddr } from '@pagewright/core';
import { describe, expect, test } from 'vitest';
import { openDumpFiles } from '../src/node.js';

/**
 * Dumps of real kernels, when the environment variable PAGEWRIGHT_DUMPS names a folder of them:
 * one folder a guest, holding `dump.elf` or a `.kdump`, and `vmcoreinfo.txt`.
 */
const folder = process.env.PAGEWRIGHT_DUMPS;
const KDUMP = 'dump.d31.raw.kdump';
const pathOf = (guest: string, name: string) => join(folder ?? '', guest, name);

test.runIf(folder === undefined)('NOT RUN ON REAL DUMPS: PAGEWRIGHT_DUMPS names no folder', () => {
  console.warn('containers of real dumps are not tested: PAGEWRIGHT_DUMPS is not set');
  expect(folder).toBeUndefined();
});

describe.runIf(folder !== undefined)('containers of real dumps', () => {
  test.each([
    ['x86_64-6.1', KDUMP],
    ['x86_64-6.18', KDUMP],
    ['x86_64-6.12', 'dump.elf'],
    ['arm64-6.12', 'dump.elf'],
  ])('%s: VMCOREINFO of the container, pages readable or excluded', async (guest, name) => {
    expect(existsSync(pathOf(guest, name)), `${guest} is missing`).toBe(true);
    const dump = await openDumpFiles([pathOf(guest, name)]);
    if (!dump.ok) throw new Error(dump.problem.message);
    const text = readFileSync(pathOf(guest, 'vmcoreinfo.txt'), 'utf8');
    expect(dump.value.vmcoreinfo?.trim()).toBe(text.trim());

    const seen: Record<string, number> = {};
    for (let frame = 0; frame < 1 << 20; frame += 7) {
      const page = dump.value.memory.read(physAddr(BigInt(frame) << 12n), 4096);
      const answer = page.ok ? 'read' : page.problem.code;
      seen[answer] = (seen[answer] ?? 0) + 1;
    }
    const isFiltered = name === KDUMP;
    expect(Object.keys(seen).sort()).toEqual(
      isFiltered ? ['excluded', 'not-in-dump', 'read'] : ['not-in-dump', 'read'],
    );
    dump.value.close();
  });
});
