import {
  type ArchBackend,
  bits,
  decodeEntry,
  type EntryForm,
  fail,
  type Level,
  makeKernel,
  ok,
  type PhysAddr,
  type PhysicalMemory,
  pfn,
  physAddr,
  REVISIONS,
  tableLevels,
  VM_MAYWRITE,
  VM_MIXEDMAP,
  VM_PFNMAP,
  VM_SHARED,
  virtAddr,
} from '@pagewright/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arm64 } from '../../arch-arm64/src/index.js';
import { nopteSpecial } from '../../arch-nopte-special/src/index.js';
import { s390x } from '../../arch-s390x/src/index.js';
import { x86 } from '../../arch-x86/src/index.js';
import { judgedEntries, judgedRanges, type WalkContext } from '../src/stream.js';
import { areaRanges } from '../src/stream-ranges.js';

const VM_HUGETLB = 1n << 22n;
const PAGE = 0x1000;
const TABLES = 12;
const ZERO = 0x77n;
const HUGE_ZERO = 0x400n;
const HIGHEST = 0x10_0000n;

const FRAMES = [ZERO, ZERO + 1n, HUGE_ZERO, HUGE_ZERO + 5n, HIGHEST, HIGHEST + 1n, 0x5000n];

/** A word before it is known of which form and level it is. */
type Sketch =
  | { readonly kind: 'none' }
  | { readonly kind: 'pointer'; readonly table: number }
  | { readonly kind: 'leaf'; readonly frame: bigint; readonly pick: number }
  | { readonly kind: 'any'; readonly raw: bigint };

const sketch: fc.Arbitrary<Sketch> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ kind: 'none' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('pointer' as const), table: fc.nat(TABLES) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('leaf' as const),
      frame: fc.constantFrom(...FRAMES),
      pick: fc.nat(0x7f),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('any' as const),
      raw: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    }),
  },
);

/** Tables, each of runs of one word, with frames that count up in some. */
const tables = fc.array(
  fc.array(fc.tuple(sketch, fc.integer({ min: 1, max: 200 }), fc.boolean()), { maxLength: 8 }),
  { minLength: TABLES, maxLength: TABLES },
);

/** Bits beside the frame that make a pointer, or a leaf, of a level: found by trying them. */
function bitsOf(form: EntryForm, level: Level, kind: 'table' | 'leaf'): readonly bigint[] {
  const key = `${form.name} ${level} ${kind}`;
  const known = tried.get(key);
  if (known !== undefined) return known;
  const found: bigint[] = [];
  for (let low = 0n; low < 0x1000n; low += low < 0x10n ? 1n : 3n) {
    for (const high of [0n, 1n << 55n, 1n << 58n]) {
      const decoded = decodeEntry(form, level, bits(0x5000_0000n | low | high));
      if (decoded.kind === kind) found.push(low | high);
    }
  }
  tried.set(key, found);
  return found;
}
const tried = new Map<string, readonly bigint[]>();

function wordOf(form: EntryForm, level: Level, given: Sketch, i: bigint): bigint {
  if (given.kind === 'none') return 0n;
  if (given.kind === 'any') return given.raw;
  if (given.kind === 'pointer') {
    return BigInt(given.table * PAGE) | (bitsOf(form, level, 'table')[0] ?? 0n);
  }
  const choices = bitsOf(form, level, 'leaf');
  const frame = (given.frame + i) << BigInt(form.definition.pageShift);
  return frame | (choices[Math.floor((given.pick / 0x80) * choices.length)] ?? 0n);
}

/** Table `n` is of level `n` as far as there are levels, and the first entries lead to the next. */
function memoryOf(
  form: EntryForm,
  given: readonly (readonly (readonly [Sketch, number, boolean])[])[],
): PhysicalMemory {
  const bytes = new Uint8Array((TABLES + 1) * PAGE);
  const view = new DataView(bytes.buffer);
  const levels = tableLevels(form).map(({ level }) => level);
  given.forEach((runs, table) => {
    const level = levels[table] ?? 'pte';
    const leads: readonly (readonly [Sketch, number, boolean])[] =
      level === 'pte' ? [] : [[{ kind: 'pointer', table: table + 1 }, 4, false]];
    let index = 0;
    for (const [first, count, counts] of [...leads, ...runs]) {
      for (let i = 0; i < count && index < PAGE / 8; i++, index++) {
        const value = wordOf(form, level, first, counts ? BigInt(i) : 0n);
        const little = form.definition.byteOrder === 'little';
        view.setBigUint64(table * PAGE + 8 * index, BigInt.asUintN(64, value), little);
      }
    }
  });
  return {
    byteCount: BigInt(bytes.length),
    read: (address: PhysAddr, length: number) =>
      address + BigInt(length) <= bytes.length
        ? ok(bytes.subarray(Number(address), Number(address) + length))
        : fail('not-in-dump', 'outside'),
  };
}

const FORMS: readonly ArchBackend[] = [x86, arm64, s390x, nopteSpecial];
const forms = FORMS.flatMap((backend) =>
  backend.forms
    .filter(({ headers }) => headers.includes('6.12'))
    .map(({ name }) => {
      const form = backend.form(name, { headers: '6.12' });
      if (!form.ok) throw new Error(form.problem.message);
      return form.value;
    })
    .filter(({ definition }) => definition.wordBits === 64 && definition.pageShift === 12),
);

/** A range without what is only asked for. */
const plain = (
  ranges: Iterable<ReturnType<typeof judgedRanges> extends Iterable<infer R> ? R : never>,
) =>
  Array.from(ranges, ({ start, end, entries, first, key }) => ({
    start,
    end,
    entries,
    first,
    key,
  }));

test('all architectures have a form here', () => {
  const architectures = new Set(forms.map(({ arch }) => arch));
  for (const { arch } of [x86, arm64, s390x]) expect(architectures).toContain(arch);
  expect(forms.some(({ definition }) => definition.byteOrder === 'big')).toBe(true);
});

test('ranges found table by table are those of the entries one by one', () => {
  let seen = 0;
  let long = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...forms),
      fc.constantFrom(...REVISIONS.map(({ id }) => id)),
      tables,
      fc.constantFrom(0n, VM_PFNMAP, VM_PFNMAP | VM_SHARED, VM_MIXEDMAP, VM_HUGETLB),
      fc.tuple(fc.nat(0x7ff), fc.integer({ min: 1, max: 0x1000 })),
      fc.boolean(),
      (form, revision, given, flags, [from, pages], hasHook) => {
        const { definition } = form;
        const made = (id: string) => makeKernel({ revision: id, form: definition, config: {} });
        const kernel = made(revision);
        const other = made('v6.1');
        if (!kernel.ok || !other.ok) return;
        const context: WalkContext = {
          memory: memoryOf(form, given),
          form,
          root: physAddr(0n),
          kernel: kernel.value,
          alternatives: [other.value],
          frames: {
            memmap: (frame) => frame <= HIGHEST,
            isZero: (frame) => frame === ZERO,
            isHugeZero: (frame) => frame >= HUGE_ZERO && frame < HUGE_ZERO + 512n,
            isHugeZeroHead: (frame) => frame === HUGE_ZERO,
            isAnon: (frame) => frame % 3n === 0n,
            isSlab: (frame) => frame % 2n === 0n,
            highest: pfn(HIGHEST),
          },
          frameBounds: [ZERO, ZERO + 1n, HUGE_ZERO, HUGE_ZERO + 1n, HUGE_ZERO + 512n, HIGHEST + 1n],
        };
        const start = BigInt(from) << BigInt(definition.pageShift);
        const vma = {
          start: virtAddr(start),
          end: virtAddr(start + (BigInt(pages) << BigInt(definition.pageShift))),
          flags: flags | VM_MAYWRITE,
          pgoff: 0x5000n,
          ops: hasHook ? { findNormalPage: (addr: bigint) => pfn((addr >> 12n) % 5n) } : null,
        };
        const [entries, fast] = [judgedEntries(context, vma), areaRanges(context, vma)];
        expect(fast.ok).toBe(entries.ok);
        if (!entries.ok || !fast.ok) return;
        const found = plain(fast.value);
        seen += found.filter(({ key }) => key.verdict !== undefined).length;
        long += found.filter(({ key, entries }) => key.verdict !== undefined && entries > 1).length;
        expect(found).toEqual(plain(judgedRanges(entries.value)));
      },
    ),
    { numRuns: 100 },
  );
  // Leaves were judged, and runs of them.
  expect(seen).toBeGreaterThan(100);
  expect(long).toBeGreaterThan(40);
});
