import { physAddr } from '@pagewright/core';
import { expect, test } from 'vitest';
import { bytesSource, openDump, readElf } from '../src/index.js';
import { type MadeElf, makeElf } from './make-elf.js';

const counting = (length: number, from = 0) => Uint8Array.from({ length }, (_, i) => from + i);
const source = (made: MadeElf) => bytesSource('made.elf', makeElf(made));
const two = [
  { physical: 0x1000n, bytes: counting(16) },
  { physical: 0x8000n, bytes: counting(16, 100) },
];

test.each([
  { wordBits: 32, byteOrder: 'little' },
  { wordBits: 32, byteOrder: 'big' },
  { wordBits: 64, byteOrder: 'little' },
  { wordBits: 64, byteOrder: 'big' },
] as const)('$wordBits bits, $byteOrder-endian: headers and contents', (kind) => {
  const made = source({ ...kind, machine: 22, segments: two });
  const elf = readElf(made);
  expect(elf).toMatchObject({
    ok: true,
    value: { ...kind, machine: 22, segments: [{ physical: 0x1000n }, { physical: 0x8000n }] },
  });
  const dump = openDump(made);
  if (!dump.ok) throw new Error(dump.problem.message);
  expect(dump.value.container).toBe('elf');
  expect(dump.value.memory.byteCount).toBe(32n);
  const read = dump.value.memory.read(physAddr(0x8004n), 3);
  expect(read).toEqual({ ok: true, value: Uint8Array.of(104, 105, 106) });
});

test('more program headers than e_phnum can say: the count of section header 0', () => {
  for (const wordBits of [32, 64] as const) {
    const elf = readElf(source({ wordBits, extendedCount: true, segments: two }));
    expect(elf.ok && elf.value.segments.length).toBe(2);
  }
});

test('notes and empty segments hold no memory', () => {
  const note = { physical: 0n, bytes: counting(8), type: 4 };
  const empty = { physical: 0x20000n, bytes: counting(0), claims: { memsz: 0x1000n } };
  const elf = readElf(source({ segments: [note, empty, ...two] }));
  expect(elf.ok && elf.value.segments.map((s) => s.physical)).toEqual([0x1000n, 0x8000n]);
});

const one = { physical: 0x1000n, bytes: counting(16) };
const lies: [what: string, made: MadeElf, code: string, says: RegExp][] = [
  [
    'a segment longer than the file',
    { segments: [{ ...one, claims: { filesz: 0x1000n, memsz: 0x1000n } }] },
    'truncated',
    /segment 0 \(physical 0x1000\) needs bytes up to 4280, the file has 200/,
  ],
  [
    'a segment that begins beyond the file',
    { segments: [{ ...one, claims: { offset: 1n << 62n } }] },
    'truncated',
    /segment 0/,
  ],
  [
    'an offset that wraps around 64 bits',
    { segments: [{ ...one, claims: { offset: (1n << 64n) - 8n } }] },
    'truncated',
    /segment 0/,
  ],
  [
    'more bytes in the file than in memory',
    { segments: [{ ...one, claims: { memsz: 8n } }] },
    'bad-elf',
    /segment 0 has 16 bytes in the file for 8 of memory/,
  ],
  [
    'memory beyond the end of the address space',
    { segments: [{ ...one, physical: (1n << 64n) - 8n }] },
    'bad-elf',
    /segment 0 at 0xfffffffffffffff8 reaches beyond 64 bits/,
  ],
  [
    'more program headers than the file holds',
    { segments: [one], claims: { phnum: 5000 } },
    'truncated',
    /5000 program headers/,
  ],
  [
    'program headers beyond the file',
    { segments: [one], claims: { phoff: 1n << 63n } },
    'truncated',
    /1 program headers at 0x8000000000000000/,
  ],
  [
    'program headers too short to be any',
    { segments: [one], claims: { phentsize: 8 } },
    'bad-elf',
    /program headers of 8 bytes, 56 are needed/,
  ],
  [
    'billions of program headers',
    { segments: [one], extendedCount: true, claims: { phnum: 0xffff_ffff } },
    'bad-elf',
    /4294967295 program headers/,
  ],
  ['no memory at all', { segments: [] }, 'bad-elf', /no PT_LOAD segment holds memory/],
];
test.each(lies)('refused: %s', (_what, made, code, says) => {
  const elf = readElf(source(made));
  expect(elf.ok).toBe(false);
  if (elf.ok) return;
  expect(elf.problem.code).toBe(code);
  expect(elf.problem.message).toMatch(says);
  expect(elf.problem.message).not.toContain('\n');
});

test('a file cut anywhere is refused or reads as what is left, and never throws', () => {
  const whole = makeElf({ segments: two });
  for (let length = 0; length < whole.length; length++) {
    const dump = openDump(bytesSource('cut.elf', whole.subarray(0, length)));
    if (length < 16) expect(dump.ok && dump.value.container).toBe('raw');
    else expect(dump.ok ? 'opened' : dump.problem.code).toBe('truncated');
  }
});

test('class and byte order that ELF does not have', () => {
  const bytes = makeElf({ segments: two });
  bytes[4] = 7;
  const elf = readElf(bytesSource('odd.elf', bytes));
  expect(!elf.ok && elf.problem.message).toMatch(/class 7 and data encoding 1/);
});

test('what makedumpfile -E left out is excluded, not missing', () => {
  const claims = { memsz: 0x3000n };
  const nothing = { physical: 0x8000n, bytes: counting(0), claims: { memsz: 0x1000n } };
  const dump = openDump(
    source({ segments: [{ physical: 0x1000n, bytes: counting(16), claims }, nothing] }),
  );
  if (!dump.ok) throw new Error(dump.problem.message);
  const code = (at: bigint) => {
    const read = dump.value.memory.read(physAddr(at), 4);
    return read.ok ? 'read' : read.problem.code;
  };
  expect([0x100cn, 0x1010n, 0x3fffn, 0x4000n, 0x7fffn, 0x8000n, 0x9000n].map(code)).toEqual([
    'read',
    'excluded',
    'excluded',
    'not-in-dump',
    'not-in-dump',
    'excluded',
    'not-in-dump',
  ]);
});

test.each(['little', 'big'] as const)(
  'VMCOREINFO of a note, %s-endian, among others',
  (byteOrder) => {
    const little = byteOrder === 'little';
    const note = (name: string, content: string): Uint8Array => {
      const padded = (text: string) => Math.ceil(text.length / 4) * 4;
      const bytes = new Uint8Array(12 + padded(`${name}\0`) + padded(content));
      const view = new DataView(bytes.buffer);
      view.setUint32(0, name.length + 1, little);
      view.setUint32(4, content.length, little);
      bytes.set(new TextEncoder().encode(name), 12);
      bytes.set(new TextEncoder().encode(content), 12 + padded(`${name}\0`));
      return bytes;
    };
    const notes = [
      note('CORE', 'x'),
      note('QEMU', 'state'),
      note('VMCOREINFO', 'OSRELEASE=7\nA=1\n'),
    ];
    const bytes = Uint8Array.from(notes.flatMap((each) => [...each]));
    const opened = (content: Uint8Array) =>
      openDump(
        source({ byteOrder, segments: [{ physical: 0n, bytes: content, type: 4 }, ...two] }),
      );
    expect(opened(bytes)).toMatchObject({ ok: true, value: { vmcoreinfo: 'OSRELEASE=7\nA=1\n' } });
    // Cut within the last note: the dump opens, without it.
    const cut = opened(bytes.subarray(0, bytes.length - 4));
    expect(cut.ok && cut.value.vmcoreinfo).toBeUndefined();
  },
);
