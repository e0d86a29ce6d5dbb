import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTypesFile } from '@pagewright/dump';
import { describe, expect, test } from 'vitest';
import { loadedModules, typesWith } from '../../src/index.js';
import { DUMPS, GUESTS, type Guest, guestFolder, guestKernel, openGuest } from '../guests.js';
import { kallsymsOf } from '../kernel-space/open-guest.js';

/** Loads no module. */
const WITHOUT_MODULES = 'uml-6.1' satisfies Guest;

async function opened(guest: Guest) {
  const dump = await openGuest(guest);
  return { dump, folder: guestFolder(guest), kernel: guestKernel(guest, dump) };
}

/** Files of a tar archive: blocks of 512 bytes, the size in octal at byte 124. */
function tarFiles(tar: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const text = (from: number, length: number) =>
    new TextDecoder().decode(tar.subarray(from, from + length)).replace(/\0.*/s, '');
  for (let at = 0; text(at, 100) !== ''; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    files.set(text(at, 100), tar.slice(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

describe.skipIf(DUMPS === undefined)('modules of a real kernel', () => {
  test.each(GUESTS.filter((guest) => guest !== WITHOUT_MODULES))('%s', async (guest) => {
    const { dump, folder, kernel } = await opened(guest);
    const list = loadedModules(kernel);
    if (!list.ok) throw new Error(list.problem.message);
    expect(list.value.problem).toBeUndefined();

    // What /proc/kallsyms said, save the kernel's own pseudo modules and names of programs.
    const truth = kallsymsOf(folder).filter(
      ({ module }) => module !== undefined && !/^(__builtin|bpf)/.test(module),
    );
    const names = new Set(truth.map(({ module }) => module));
    expect(new Set(list.value.modules.map(({ name }) => name))).toEqual(names);
    const line = (name: string, address: bigint, module: string) =>
      `${module} ${name} ${address.toString(16)}`;
    const expected = truth.map((s) => line(s.name, s.address, s.module as string)).sort();
    const found = list.value.modules.flatMap((module) => {
      const symbols = module.symbols();
      if (!symbols.ok) throw new Error(symbols.problem.message);
      // Per-cpu variables (`a`, weak ones `v`) lie in the areas of CPUs, not in the module.
      const outside = symbols.value.filter(
        ({ address, type }) =>
          !/[av]/.test(type) &&
          !module.ranges.some(({ start, end }) => address >= start && address <= end),
      );
      expect(outside.slice(0, 5)).toEqual([]);
      return symbols.value.map(({ name, address }) => line(name, address, module.name));
    });
    expect(found.sort()).toEqual(expected);
    dump.close();
  });

  test('types of modules of x86_64-6.12 are the bytes that the running kernel showed', async () => {
    const { dump, folder, kernel } = await opened('x86_64-6.12');
    const truth = tarFiles(new Uint8Array(readFileSync(join(folder, 'btf-modules.tar'))));
    const list = loadedModules(kernel);
    if (!list.ok) throw new Error(list.problem.message);
    let compared = 0;
    for (const { name, types } of list.value.modules) {
      const bytes = truth.get(`btf.${name}`);
      const found = types();
      if (bytes === undefined) {
        expect([name, found.ok]).toEqual([name, false]);
        continue;
      }
      if (!found.ok) throw new Error(found.problem.message);
      const expected = parseTypesFile(bytes, kernel.types);
      if (!expected.ok) throw new Error(expected.problem.message);
      const { table } = found.value;
      expect(table.endId).toBe(expected.value.table.endId);
      for (let id = table.firstId; id < table.endId; id++) {
        expect(table.name(id)).toBe(expected.value.table.name(id));
        expect(table.sizeOrType(id)).toBe(expected.value.table.sizeOrType(id));
      }
      compared++;
    }
    expect(compared).toBe(truth.size);
    expect(typesWith(kernel, 'ext4_inode_info.vfs_inode')?.module).toBe('ext4');
    expect(typesWith(kernel, 'page.flags')).toEqual({ types: kernel.types });
    expect(typesWith(kernel, 'no_such_type')).toBeUndefined();
    dump.close();
  });
});

test.runIf(DUMPS === undefined)('did NOT run on real kernels: PAGEWRIGHT_DUMPS is not set', () => {
  console.warn('modules of real kernels were NOT checked: set PAGEWRIGHT_DUMPS');
  expect(DUMPS).toBeUndefined();
});
