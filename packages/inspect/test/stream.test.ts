import {
  fail,
  frameOfKind,
  makeKernel,
  ok,
  type PhysAddr,
  type PhysicalMemory,
  pfn,
  physAddr,
  VM_MAYWRITE,
  VM_PFNMAP,
  virtAddr,
} from '@pagewright/core';
import { expect, test } from 'vitest';
import { x86 } from '../../arch-x86/src/index.js';
import { judgedEntries, judgedRanges, type WalkContext } from '../src/stream.js';

const VM_HUGETLB = 1n << 22n;
const PAGE = 0x1000;
/** Bits of an x86 entry: present, writable, user, accessed, dirty; large; special. */
const LEAF = 0x67n;
const LARGE = 0x80n;
const SPECIAL = 0x200n;
const TABLE = 0x67n;

/** Tables one behind the other from physical 0 on, for addresses from 0 on: pgd, pud, pmd, pte. */
function tables(entries: {
  readonly pmd?: Readonly<Record<number, bigint>>;
  readonly pte?: Readonly<Record<number, bigint>>;
}): PhysicalMemory {
  const bytes = new Uint8Array(4 * PAGE);
  const view = new DataView(bytes.buffer);
  const write = (table: number, words: Readonly<Record<number, bigint>>) => {
    for (const [index, word] of Object.entries(words)) {
      view.setBigUint64(table * PAGE + 8 * Number(index), word, true);
    }
  };
  write(0, { 0: BigInt(PAGE) | TABLE });
  write(1, { 0: BigInt(2 * PAGE) | TABLE });
  write(2, { 0: BigInt(3 * PAGE) | TABLE, ...entries.pmd });
  write(3, entries.pte ?? {});
  return {
    byteCount: BigInt(bytes.length),
    read: (address: PhysAddr, length: number) =>
      address + BigInt(length) <= bytes.length
        ? ok(bytes.subarray(Number(address), Number(address) + length))
        : fail('not-in-dump', 'outside'),
  };
}

function context(memory: PhysicalMemory, revision = 'v6.12', others: readonly string[] = []) {
  const form = x86.form('x86_64', { headers: '6.12' });
  if (!form.ok) throw new Error(form.problem.message);
  const config = { ARCH_SUPPORTS_PMD_PFNMAP: others.length === 0 };
  const made = (id: string) => {
    const kernel = makeKernel({ revision: id, form: form.value.definition, config });
    if (!kernel.ok) throw new Error(kernel.problem.message);
    return kernel.value;
  };
  const context: WalkContext = {
    memory,
    form: form.value,
    root: physAddr(0n),
    kernel: made(revision),
    alternatives: others.map(made),
    frames: { ...frameOfKind('zero', pfn(0x77n)), highest: pfn(0xfffffn) },
  };
  return context;
}

function walked(given: WalkContext, flags = VM_MAYWRITE, end = 0x400000n) {
  const vma = { start: virtAddr(0n), end: virtAddr(end), flags, pgoff: 0n, ops: null };
  const entries = judgedEntries(given, vma);
  if (!entries.ok) throw new Error(entries.problem.message);
  return [...entries.value];
}
const filled = (given: WalkContext, flags?: bigint) =>
  walked(given, flags).filter(({ decoded }) => decoded.kind !== 'none');

test('a leaf is judged as its kernel does, with the rules and the page', () => {
  const memory = tables({ pte: { 1: 0x5000n | LEAF, 2: 0x77000n | LEAF | SPECIAL } });
  const [page, zero, ...more] = filled(context(memory));
  expect(page).toMatchObject({
    start: 0x1000n,
    size: 0x1000n,
    verdict: { answer: 'page', page: 5n, because: ['not-special', 'page-of-frame'] },
  });
  expect(zero?.verdict).toEqual({ answer: 'none', because: ['special-zeropage'] });
  expect(more).toEqual([]);
});

test('leaves of hugetlb mappings are pages whatever else they say', () => {
  const memory = tables({ pmd: { 1: 0x600000n | LEAF | LARGE } });
  const [huge] = filled(context(memory), VM_HUGETLB | VM_MAYWRITE);
  expect(huge).toMatchObject({
    level: 'pmd',
    size: 0x200000n,
    verdict: { answer: 'page', page: 0x600n, because: ['hugetlb'] },
  });
});

test('what is absent has no verdict; a table that is not there is a problem', () => {
  const memory = tables({ pte: { 3: 0xffff_ffff_ffff_0000n & ~1n }, pmd: { 1: 0x9000n | TABLE } });
  const [absent, broken] = filled(context(memory));
  expect(absent?.decoded.kind).toBe('absent');
  expect(absent?.verdict).toBeUndefined();
  expect(broken).toMatchObject({ level: 'pmd', problem: { code: 'not-in-dump' } });
});

test('an answer that another possible kernel would not give is shown with it', () => {
  const memory = tables({ pmd: { 1: 0x600000n | LEAF | LARGE } });
  // A linear PFN mapping: without a mark of its own, a pmd is judged by the VMA after the fix only.
  const given = context(memory, 'v6.18', ['v6.18-fixed']);
  const vma = {
    start: virtAddr(0n),
    end: virtAddr(0x400000n),
    flags: VM_PFNMAP | VM_MAYWRITE,
    pgoff: 0x400n,
    ops: null,
  };
  const entries = judgedEntries(given, vma);
  if (!entries.ok) throw new Error(entries.problem.message);
  const leaf = [...entries.value].find(({ decoded }) => decoded.kind === 'leaf');
  expect(leaf?.verdict).toMatchObject({
    answer: 'page',
    otherwise: [{ revision: 'v6.18-fixed', answer: 'none' }],
  });
});

test('ranges join neighbours of equal verdict and tile the area', () => {
  const pte = Object.fromEntries([1, 2, 3, 9].map((i) => [i, (BigInt(i * 3) << 12n) | LEAF]));
  const found = [...judgedRanges(walked(context(tables({ pte }))))];
  expect(found.map(({ start, end, entries, key }) => [start, end, entries, key.kind])).toEqual([
    [0n, 0x1000n, 1, 'none'],
    [0x1000n, 0x4000n, 3, 'leaf'],
    [0x4000n, 0x9000n, 5, 'none'],
    [0x9000n, 0xa000n, 1, 'leaf'],
    [0xa000n, 0x400000n, 503, 'none'],
  ]);
});
