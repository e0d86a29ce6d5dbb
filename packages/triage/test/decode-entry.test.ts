import { arm64 } from '@pagewright/arch-arm64';
import { nopteSpecial } from '@pagewright/arch-nopte-special';
import { s390x } from '@pagewright/arch-s390x';
import { x86 } from '@pagewright/arch-x86';
import { bits } from '@pagewright/core';
import { expect, test } from 'vitest';
import { layoutOf } from '../src/arch/layouts.js';
import { LOG_ARCHS, type LogArch } from '../src/arch/names.js';
import { decodeEntry } from '../src/decode/entry.js';
import { machineOf } from '../src/decode/machine.js';
import type { LogLevel } from '../src/incident.js';
import { Region } from '../src/log/region.js';
import { mended } from './reports.js';

const BACKENDS = [x86, arm64, s390x, nopteSpecial];

const machine = (arch: LogArch, log = '', release = '6.12.1') => {
  const text = mended(log);
  return machineOf(arch, release, new Region(text, 0, text.text.length), BACKENDS);
};

const read = (arch: LogArch, raw: bigint, level: LogLevel = 'pte', log = '') =>
  decodeEntry(
    {
      level,
      raw: { value: bits(raw), at: { line: 1, column: 1 } },
      digits: raw.toString(16).length,
      reported: true,
    },
    machine(arch, log),
  );

test('a backend reads what it has a form for', () => {
  expect(read('x86_64', 0x8000000123456a67n)).toMatchObject({
    by: 'form',
    kind: 'leaf',
    pfn: 0x123456n,
    special: true,
    write: true,
    present: true,
  });
  expect(read('x86_64', 0x12345067n, 'pmd')).toMatchObject({ kind: 'table', next: 0x12345000n });
  expect(read('arm64', 0x0168000140000f43n)).toMatchObject({ pfn: 0x140000n, special: true });
  expect(read('s390x', 0xa5801317n)).toMatchObject({ by: 'form', pfn: 0xa5801n, write: false });
});

test('a small table reads the others, as far as it is sure', () => {
  expect(read('riscv64', 0x20682653n)).toMatchObject({ by: 'layout', kind: 'leaf', pfn: 0x81a09n });
  expect(read('i386', 0x0583f067n)).toMatchObject({ kind: 'leaf', pfn: 0x583fn, write: true });
  expect(read('arm32', 0x37c04b10n)).toMatchObject({ kind: 'absent', swap: { type: 4 } });
  expect(read('ppc32', 0xcccccccc00000000n)).toMatchObject({ kind: 'unknown' });
  expect(read('arm32', 0x78e85835n, 'pmd')).toMatchObject({ kind: 'unknown' });
});

test('no layout is told as such', () => {
  expect(layoutOf('avr32')).toBeUndefined();
  expect(read('avr32', 0x13f26ed4n)).toMatchObject({ by: 'nothing', kind: 'unknown', source: '' });
});

test('the form is the one that the log speaks of', () => {
  const form = (arch: LogArch, log: string): string | undefined => machine(arch, log).form?.name;
  expect(form('arm64', 'swapper pgtable: 4k pages, 39-bit VAs, pgdp=0')).toBe('arm64-4k-39');
  expect(form('arm64', 'user pgtable: 64k pages, 42-bit VAs, pgdp=0')).toBe('arm64-64k-42');
  expect(form('arm64', '')).toBe('arm64');
  expect(form('x86_64', 'flags: fpu la57 x')).toBe('x86_64-la57');
  expect(form('s390x', 'AS:0000000000000007 R2:0000000000000007 R3:0000000000000007')).toBe(
    's390x-4',
  );
  expect(form('m68k', '')).toBe('m68k');
});

test('every architecture reads every word, and fields of layouts do not overlap', () => {
  for (const arch of LOG_ARCHS) {
    for (const raw of [0n, 1n, 0x12345067n, 0xffffffffn, (1n << 64n) - 1n]) {
      expect(read(arch, raw).raw).toBe(raw);
    }
    const layout = layoutOf(arch);
    if (layout === undefined) continue;
    const [low, width] = layout.pfn;
    const frame = ((1n << BigInt(width)) - 1n) << BigInt(low);
    for (const mask of Object.values(layout.flags)) expect(mask & frame).toBe(0n);
    expect(low + width).toBeLessThanOrEqual(layout.wordBits);
    expect(layout.source).toMatch(/^arch\//);
  }
});
