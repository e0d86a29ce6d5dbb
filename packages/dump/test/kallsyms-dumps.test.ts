import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { physAddr } from '@pagewright/core';
import { expect, test } from 'vitest';
import {
  type Dump,
  findVmcoreinfo,
  parseVmcoreinfo,
  readKallsyms,
  type SymbolMemory,
  type VmcoreInfo,
} from '../src/index.js';
import { openDumpFiles } from '../src/node.js';

/** Folder of dumps, each in a folder of its guest with vmcoreinfo.txt and kallsyms beside it. */
const DUMPS = process.env.PAGEWRIGHT_DUMPS;

/** Where a kernel's image lies: what the tests need to be independent of any layout code. */
const IMAGE_TO_PHYSICAL: Readonly<Record<string, (info: VmcoreInfo) => bigint>> = {
  x86_64: (info) => number(info.number('phys_base')) - 0xffffffff80000000n,
  arm64: (info) => -number(info.number('kimage_voffset')),
  s390x: (info) =>
    number(info.hexadecimal('KERNELOFFPHYS')) - number(info.hexadecimal('KERNELOFFSET')),
  uml: () => -0x60000000n,
};
const GUESTS = [
  'x86_64-6.1',
  'x86_64-6.12',
  'x86_64-6.18',
  'arm64-6.12',
  's390x-6.12',
  'uml-6.1',
] as const;

function number(value: bigint | undefined): bigint {
  if (value === undefined) throw new Error('vmcoreinfo.txt lacks a number');
  return value;
}

async function open(guest: string): Promise<Dump> {
  const files = ['dump.elf', 'dump.d31.raw.kdump'].map((file) =>
    join(DUMPS as string, guest, file),
  );
  const opened = await openDumpFiles(files.filter((file) => existsSync(file)));
  if (!opened.ok) throw new Error(opened.problem.message);
  return opened.value;
}

const textOf = (guest: string, file: string): string =>
  readFileSync(join(DUMPS as string, guest, file), 'utf8');

if (DUMPS === undefined) {
  test.skip('NOT RUN: symbols of real dumps (PAGEWRIGHT_DUMPS names no folder)', () => {});
  console.warn('NOT RUN: symbols of real dumps; set PAGEWRIGHT_DUMPS to a folder of dumps');
} else {
  test.each(GUESTS)(
    '%s: VMCOREINFO out of memory is the one that the kernel wrote',
    async (guest) => {
      const { memory, elf, vmcoreinfo } = await open(guest);
      const given = textOf(guest, 'vmcoreinfo.txt');
      if (vmcoreinfo !== undefined) expect(vmcoreinfo).toBe(given);
      if (elf === undefined) return;
      const found = findVmcoreinfo(memory, elf.segments);
      expect(found.ok && found.value.text).toBe(given);
    },
  );

  test.each(GUESTS)('%s: every symbol is as /proc/kallsyms had it', async (guest) => {
    const { memory } = await open(guest);
    const info = parseVmcoreinfo(textOf(guest, 'vmcoreinfo.txt'));
    const shift = IMAGE_TO_PHYSICAL[guest.split('-')[0] as string]?.(info) as bigint;
    const image: SymbolMemory = {
      byteOrder: guest.startsWith('s390x') ? 'big' : 'little',
      wordBytes: 8,
      read: (address, length) => memory.read(physAddr(BigInt.asUintN(64, address + shift)), length),
    };
    const found = readKallsyms(image, info);
    if (!found.ok) throw new Error(found.problem.message);
    const symbols = found.value;
    const expected = textOf(guest, 'kallsyms')
      .split('\n')
      .filter((line) => line !== '' && !line.includes('['));
    const lines = Array.from({ length: symbols.count }, (_, i) => {
      const { address, type, name } = symbols.at(i);
      return `${address.toString(16).padStart(16, '0')} ${type} ${name}`;
    });
    expect(lines.length).toBe(expected.length);
    expect(lines.find((line, i) => line !== expected[i])).toBeUndefined();

    const lowest = new Map<string, bigint>();
    for (const line of expected) {
      const [address, , name] = line.split(' ') as [string, string, string];
      if (!lowest.has(name)) lowest.set(name, BigInt(`0x${address}`));
    }
    const wrong = [...lowest].filter(([name, address]) => symbols.address(name) !== address);
    expect(wrong).toEqual([]);
  });
}
