import { fail, ok, virtAddr } from '@pagewright/core';
import { expect, test } from 'vitest';
import { readModuleSymbols } from '../src/index.js';

interface Entry {
  readonly name: string;
  readonly value: bigint;
  readonly section: number;
  readonly type: string;
}

const ENTRIES: readonly Entry[] = [
  { name: '', value: 0n, section: 0, type: 'U' },
  { name: 'init_once', value: 0x2000n, section: 1, type: 't' },
  { name: 'printk', value: 0n, section: 0, type: 'U' },
  { name: '', value: 0x2100n, section: 1, type: 't' },
  { name: 'limit', value: 0x20n, section: 0xfff1, type: 'a' },
  { name: 'table', value: 0x2400n, section: 3, type: 'd' },
];
const [SYMTAB, STRTAB, TYPETAB] = [0x1000n, 0x1400n, 0x1800n].map(virtAddr) as [
  ReturnType<typeof virtAddr>,
  ReturnType<typeof virtAddr>,
  ReturnType<typeof virtAddr>,
];

/** Memory of a module: its ELF symbols, its strings and its type letters. */
function moduleMemory(byteOrder: 'little' | 'big', wordBytes: 4 | 8) {
  const bytes = new Uint8Array(0x2000);
  const view = new DataView(bytes.buffer);
  const little = byteOrder === 'little';
  let string = 1;
  for (const [i, { name, value, section, type }] of ENTRIES.entries()) {
    const at = Number(SYMTAB) + i * (wordBytes === 8 ? 24 : 16);
    view.setUint32(at, name === '' ? 0 : string, little);
    if (wordBytes === 8) {
      view.setUint16(at + 6, section, little);
      view.setBigUint64(at + 8, value, little);
    } else {
      view.setUint32(at + 4, Number(value), little);
      view.setUint16(at + 14, section, little);
    }
    if (name !== '') {
      bytes.set(new TextEncoder().encode(`${name}\0`), Number(STRTAB) + string);
      string += name.length + 1;
    }
    bytes[Number(TYPETAB) + i] = type.charCodeAt(0);
  }
  const read = (address: bigint, length: number) =>
    address + BigInt(length) <= bytes.length
      ? ok(bytes.subarray(Number(address), Number(address) + length))
      : fail('not-mapped', 'outside the module');
  const cString = (address: bigint, longest: number) => {
    const found = read(address, longest);
    return found.ok ? ok(new TextDecoder().decode(found.value).split('\0')[0] as string) : found;
  };
  return { byteOrder, wordBytes, read, cString };
}

const TABLE = { module: 'ext4', symtab: SYMTAB, strtab: STRTAB, typetab: TYPETAB, count: 6 };

test.each([
  ['little', 8],
  ['big', 8],
  ['little', 4],
  ['big', 4],
] as const)('symbols of a module, %s-endian with words of %i bytes', (byteOrder, wordBytes) => {
  const found = readModuleSymbols(moduleMemory(byteOrder, wordBytes), TABLE);
  expect(found).toEqual({
    ok: true,
    value: [
      { name: 'init_once', address: 0x2000n, type: 't', absolute: false },
      { name: 'limit', address: 0x20n, type: 'a', absolute: true },
      { name: 'table', address: 0x2400n, type: 'd', absolute: false },
    ],
  });
});

test('a count that no module has, and tables that are not there, are problems', () => {
  const memory = moduleMemory('little', 8);
  const code = (edit: Partial<typeof TABLE>) => {
    const found = readModuleSymbols(memory, { ...TABLE, ...edit });
    return found.ok ? 'ok' : found.problem.code;
  };
  expect(code({ count: 0x7fff_ffff })).toBe('bad-kallsyms');
  expect(code({ symtab: virtAddr(0x1ff0n) })).toBe('not-mapped');
  expect(code({ typetab: virtAddr(0x1ffcn) })).toBe('not-mapped');
  expect(code({ strtab: virtAddr(0x1ff0n) })).toBe('not-mapped');
  // Addresses of strings wrap as C's do.
  expect(code({ strtab: virtAddr(0xffff_ffff_ffff_ffffn) })).toBe('not-mapped');
});
