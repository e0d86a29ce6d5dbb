import type { Bits } from '@pagewright/core';
import type { LogEntry, LogReport, Sign } from '../incident.js';
import type { LogArch } from './names.js';

/** What the shape of a number says: of which architectures it is, or how wide words are. */
export type ShapeSign =
  | { readonly bits: 32 | 64 }
  | { readonly archs: readonly LogArch[]; readonly weight: number; readonly sign: Sign };

/** Entries that point to a table for user memory, as each architecture writes them. */
const TABLES: readonly {
  readonly archs: readonly LogArch[];
  readonly is: (value: Bits) => boolean;
  readonly ground: string;
  readonly weight: number;
}[] = [
  {
    archs: ['x86_64', 'i386'],
    is: (value) => (value & 0xf9fn) === 0x007n && (value & 0xff00000000000n) === 0n,
    ground: 'a table entry with present, write and user, as x86 has them',
    weight: 3,
  },
  {
    archs: ['arm64'],
    is: (value) => (value & 0xfffn) === 0x003n || (value & 0xfffn) === 0x403n,
    ground: 'a table entry of type 3, as arm64 has them',
    weight: 3,
  },
  {
    archs: ['arm32'],
    is: (value) => [0x811n, 0x831n, 0x835n, 0x815n].includes(value & 0xfffn),
    ground: 'a first-level entry of 32-bit ARM in a user domain',
    weight: 4,
  },
  {
    archs: ['riscv64'],
    is: (value) => value > 0x400n && (value & 0x3ffn) === 1n,
    ground: 'a table entry with the valid bit alone, as RISC-V has them',
    weight: 3,
  },
];

/** Signs in addresses and entries of reports. */
export function* shapeSigns(reports: readonly LogReport[]): Generator<ShapeSign> {
  for (const report of reports) {
    yield* ofAddress(report);
    yield* ofPage(report);
    for (const entry of report.entries) yield* ofEntry(entry);
  }
}

function* ofAddress({ vma }: LogReport): Generator<ShapeSign> {
  const { addr } = vma ?? {};
  if (addr === undefined) return;
  const digits = vma?.addrDigits;
  if (digits === 8 || digits === 16) yield { bits: digits === 8 ? 32 : 64 };
  if (digits !== 16) return;
  const sign = (value: string, ground: string): Sign => ({
    what: 'arch',
    value,
    ground,
    at: addr.at,
  });
  const { value } = addr;
  if (value >> 40n === 0x7fn || value >> 40n === 0x55n || value >> 40n === 0x56n) {
    const ground = 'a user address just below 128 TiB, or of a program at 85 TiB';
    yield { archs: ['x86_64'], weight: 3, sign: sign('x86_64', ground) };
  } else if (value >> 40n === 0xffn || value >> 40n === 0xaan) {
    const ground = 'a user address just below 256 TiB, or of a program at 170 TiB';
    yield { archs: ['arm64'], weight: 4, sign: sign('arm64', ground) };
  } else if (value >> 32n === 0x7fn || value >> 32n === 0x55n) {
    const ground = 'a user address just below 512 GiB';
    yield { archs: ['arm64', 'riscv64'], weight: 2, sign: sign('arm64 or riscv64', ground) };
  } else if (value >> 32n === 0x3ffn || value >> 32n === 0x2aan) {
    const ground = 'a user address just below 4 TiB';
    yield { archs: ['s390x'], weight: 3, sign: sign('s390x', ground) };
  } else if (value >> 32n === 0x3fn) {
    const ground = 'a user address just below 256 GiB';
    yield { archs: ['riscv64'], weight: 3, sign: sign('riscv64', ground) };
  }
}

/** The words of struct page are as wide as a pointer; some of them are pointers. */
function* ofPage({ page }: LogReport): Generator<ShapeSign> {
  if (page?.rawDigits !== 8 && page?.rawDigits !== 16) return;
  yield { bits: page.rawDigits === 8 ? 32 : 64 };
  const inKseg0 = page.raw.filter((word) => word >= 0x80010000n && word < 0x8c000000n).length;
  if (page.rawDigits !== 8 || inKseg0 < 2) return;
  const ground = 'pointers into the first 192 MiB at 0x80000000, where MIPS has its memory';
  yield {
    archs: ['mips32'],
    weight: 3,
    sign: { what: 'arch', value: 'mips32', ground, at: page.at },
  };
}

function* ofEntry({ level, raw, reported }: LogEntry): Generator<ShapeSign> {
  if (level === 'pte' || reported) return;
  for (const { archs, is, ground, weight } of TABLES) {
    if (!is(raw.value)) continue;
    yield {
      archs,
      weight,
      sign: { what: 'arch', value: archs.join(' or '), ground, at: raw.at },
    };
  }
}
