import {
  frameOfKind,
  layoutOf,
  makeKernel,
  ok,
  pfn,
  physAddr,
  type VirtAddr,
  VM_MAYWRITE,
  VM_PFNMAP,
  virtAddr,
} from '@pagewright/core';
import { bytesSource, parseBtf, parseVmcoreinfo, rawMemory, virtualMemory } from '@pagewright/dump';
import { expect, test } from 'vitest';
import { x86 } from '../../arch-x86/src/index.js';
import { BtfMaker } from '../../dump/test/make-btf.js';
import { madeForm } from '../../dump/test/make-form.js';
import type { Kernel } from '../src/kernel.js';
import { judgedEntries, type WalkContext } from '../src/stream.js';
import { type DumpedVmOps, NormalPageHooks } from '../src/vma/normal-page-hook.js';
import { madeArchitecture } from './make-kernel.js';

const BASE = 0x1000_0000n;
const [NODE, WITHOUT, WITH, GRANT_MAP, ARRAY, PAGES] = [0x100, 0x200, 0x300, 0x400, 0x500, 0x4000];
const SIZE = 64;
const FIRST_PFN = 0x10n;
const HOOK = 0xffff_ffff_c000_1000n;
const START = 0x7f00_0000_0000n;

/** A kernel with operations without and with a hook, and a grant map of two pages. */
function kernelOf(member: string, functionName: string): Kernel {
  const btf = new BtfMaker();
  const u64 = btf.int('long unsigned int', 8);
  const s32 = btf.int('int', 4, true);
  const at = (name: string, type: number, byte: number) => ({ name, type, bitOffset: 8 * byte });
  btf.composite('struct', 'vm_operations_struct', 16, [at('open', u64, 0), at(member, u64, 8)]);
  btf.composite('struct', 'gntdev_grant_map', 24, [
    at('count', s32, 0),
    at('pages', u64, 8),
    at('pages_vm_start', u64, 16),
  ]);
  const types = parseBtf(btf.blob());
  if (!types.ok) throw new Error(types.problem.message);
  const bytes = new Uint8Array(0x8000);
  const view = new DataView(bytes.buffer);
  const put = (place: number, ...words: bigint[]) => {
    for (const [i, word] of words.entries()) view.setBigUint64(place + 8 * i, word, true);
  };
  const page = (frame: bigint) => BASE + BigInt(PAGES) + (frame - FIRST_PFN) * BigInt(SIZE);
  put(NODE, BASE + BigInt(PAGES), FIRST_PFN, 8n);
  put(WITHOUT, 1n, 0n);
  put(WITH, 1n, HOOK);
  put(GRANT_MAP, 2n, BASE + BigInt(ARRAY), START);
  put(ARRAY, page(0x13n), page(0x11n));
  const run = { name: 'direct map', start: virtAddr(BASE), end: BASE + 0x8000n, physical: 0n };
  const layout = layoutOf({ form: madeForm(), root: physAddr(0n), runs: [run] });
  const text = [
    `SIZE(page)=${SIZE}`,
    `SYMBOL(contig_page_data)=${(BASE + BigInt(NODE)).toString(16)}`,
    'OFFSET(pglist_data.node_mem_map)=0',
    'OFFSET(pglist_data.node_start_pfn)=8',
    'OFFSET(pglist_data.node_spanned_pages)=16',
  ].join('\n');
  return {
    architecture: madeArchitecture(),
    form: madeForm(),
    vmcoreinfo: parseVmcoreinfo(text),
    virtual: virtualMemory(rawMemory(bytesSource('made', bytes)), layout),
    types: types.value,
    symbols: ok({
      count: 1,
      addressForm: 'absolute',
      address: () => undefined,
      all: () => [],
      nearest: (address) =>
        address === HOOK ? { name: functionName, offset: 0n } : { name: 'x', offset: 1n },
      at: () => {
        throw new RangeError('not asked');
      },
    }),
    symbol: () => undefined,
  };
}
const opsAt = (place: number) => virtAddr(BASE + BigInt(place));
const MAP: VirtAddr = opsAt(GRANT_MAP);

test('a hook that is NULL is none; operations that are NULL are none at all', () => {
  const hooks = new NormalPageHooks(kernelOf('find_special_page', 'gntdev_vma_find_special_page'));
  expect(hooks.of(virtAddr(0n), MAP)).toBeNull();
  expect(hooks.of(opsAt(WITHOUT), MAP)).toEqual({});
});

test.each(['special', 'normal'])(
  'gntdev_vma_find_%s_page() looks into the map of the VMA',
  (name) => {
    const hooks = new NormalPageHooks(
      kernelOf(`find_${name}_page`, `gntdev_vma_find_${name}_page`),
    );
    const ops = hooks.of(opsAt(WITH), MAP);
    expect(ops?.hookUnknown).toBeUndefined();
    const answers = [START, START + 0x1fffn, START + 0x2000n, START - 0x1000n].map((addr) =>
      ops?.findNormalPage?.(virtAddr(addr)),
    );
    expect(answers).toEqual([0x13n, 0x11n, null, null]);
  },
);

test('what another hook finds is not known', () => {
  const hooks = new NormalPageHooks(kernelOf('find_special_page', 'other_find_page'));
  expect(hooks.of(opsAt(WITH), MAP)).toMatchObject({ hookUnknown: true });
});

/** Verdict on a special entry at address 0 of a VM_PFNMAP mapping. */
function verdictWith(ops: DumpedVmOps | null) {
  const form = x86.form('x86_64', { headers: '6.12' });
  if (!form.ok) throw new Error(form.problem.message);
  const kernel = makeKernel({ revision: 'v6.12', form: form.value.definition, config: {} });
  if (!kernel.ok) throw new Error(kernel.problem.message);
  const bytes = new Uint8Array(0x4000);
  const words = [0x1067n, 0x2067n, 0x3067n, 0x5267n];
  for (const [i, word] of words.entries()) {
    new DataView(bytes.buffer).setBigUint64(0x1000 * i, word, true);
  }
  const context: WalkContext = {
    memory: rawMemory(bytesSource('made', bytes)),
    form: form.value,
    root: physAddr(0n),
    kernel: kernel.value,
    alternatives: [],
    frames: { ...frameOfKind('zero', pfn(0x77n)), highest: pfn(0xfffffn) },
  };
  const flags = VM_PFNMAP | VM_MAYWRITE;
  const vma = { start: virtAddr(0n), end: virtAddr(0x1000n), flags, pgoff: 0n, ops };
  const entries = judgedEntries(context, vma);
  if (!entries.ok) throw new Error(entries.problem.message);
  return [...entries.value][0]?.verdict;
}

test('a verdict that depends on an unknown hook shows both answers', () => {
  expect(verdictWith({})).toEqual({ answer: 'none', because: ['special-pfnmap'] });
  const hook = { findNormalPage: () => pfn(0x13n) };
  expect(verdictWith(hook)).toMatchObject({ answer: 'page', page: 0x13n });
  expect(verdictWith({ findNormalPage: () => null, hookUnknown: true })).toEqual({
    answer: 'none',
    because: ['special-hook-none'],
    otherwise: [{ revision: 'if the hook of the VMA finds one', answer: 'page' }],
  });
});
