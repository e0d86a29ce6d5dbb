import {
  VM_DONTCOPY,
  VM_DONTDUMP,
  VM_DONTEXPAND,
  VM_MAYWRITE,
  VM_MIXEDMAP,
  VM_SHARED,
  VM_WRITE,
  virtAddr,
} from '@pagewright/core';
import { describe, expect, test } from 'vitest';
import { hookName } from '../src/index.js';
import { guestOf, must, PAGE, request, START, UserMemory, WRITABLE, words } from './guest.js';

const READ = 1n;
const SHARED_RW = READ | VM_WRITE | VM_SHARED | VM_MAYWRITE;
const REVISIONS = ['v6.1', 'v6.12', 'v6.18', 'v7.2'];

/** A guest with the two writable grants mapped shared. */
function mapped(domain: 'pv' | 'hvm', revision?: string) {
  const guest = guestOf(domain, revision);
  const offset = must(guest.file.mapGrantRef(WRITABLE));
  const vma = must(guest.file.mmap(guest.memory, request(SHARED_RW, 2, offset)));
  return { ...guest, offset, vma };
}

describe.each(REVISIONS)('PV guest, %s', (revision) => {
  test('entries name foreign frames and are special; the hook names the guest frames', () => {
    const { memory, vma } = mapped('pv', revision);
    expect(vma.map.pages).toEqual([0x5000n, 0x5001n]);
    expect(memory.verdict(vma, 1)).toMatchObject({ answer: 'page', via: 'hook', page: 0x5001n });
    // Without the hook the mark is all there is: a raw pfn in a VM_MIXEDMAP VMA.
    expect(memory.verdict(vma, 1, false)).toMatchObject({
      answer: 'none',
      because: [{ id: 'special-mixedmap' }],
    });
  });

  test('the VMA is not copied by fork', () => {
    const { memory, vma, file } = mapped('pv', revision);
    const set = VM_DONTEXPAND | VM_DONTDUMP | VM_MIXEDMAP | VM_DONTCOPY;
    expect(vma.flags).toBe(SHARED_RW | set);
    expect(memory.fork(vma, file)).toBeUndefined();
  });

  test('unmapping hands the grants back first, so the zap finds nothing', () => {
    const { memory, vma, grants, file, offset } = mapped('pv', revision);
    expect(grants.mapped).toBe(2);
    expect(memory.unmap(vma)).toEqual([]);
    expect(words(memory)).toEqual(['0x0', '0x0']);
    expect(grants.mapped).toBe(0);
    expect(memory.counts.size).toBe(0);
    file.closeVma(vma);
    expect(memory.notifiers.size).toBe(1);
    must(file.unmapGrantRef(offset, 2));
    expect(memory.notifiers.size).toBe(0);
  });
});

describe.each(REVISIONS)('HVM guest, %s', (revision) => {
  test('entries map the guest frames as ordinary pages; the hook is never asked', () => {
    const { memory, vma } = mapped('hvm', revision);
    expect(memory.verdict(vma, 1)).toMatchObject({ answer: 'page', via: 'pfn', page: 0x5001n });
    expect(memory.verdict(vma, 1, false)).toEqual(memory.verdict(vma, 1));
    expect([...memory.counts]).toEqual([
      [0x5000n, 1],
      [0x5001n, 1],
    ]);
  });

  test('fork copies the VMA, and the grants stay until both are gone', () => {
    const { memory, vma, grants, file, offset } = mapped('hvm', revision);
    expect(vma.flags).toBe(SHARED_RW | VM_DONTEXPAND | VM_DONTDUMP | VM_MIXEDMAP);
    const copy = memory.fork(vma, file);
    expect(copy?.child.verdict(vma, 0)).toMatchObject({ answer: 'page', page: 0x5000n });
    must(file.unmapGrantRef(offset, 2));
    expect(memory.unmap(vma)).toHaveLength(2);
    file.closeVma(vma);
    expect(grants.mapped).toBe(2);
    file.closeVma(copy?.vma ?? vma);
    expect(grants.mapped).toBe(0);
  });
});

test('the words of a PV mapping on x86-64', () => {
  expect(words(mapped('pv').memory)).toEqual(['0x8000000abc001227', '0x8000000abc002227']);
});

test('part of a PV mapping can go; what is left keeps its place in the array', () => {
  const { memory, vma, grants } = mapped('pv');
  memory.unmap(vma, START, virtAddr(START + PAGE));
  expect(grants.mapped).toBe(1);
  const rest = { ...vma, start: virtAddr(START + PAGE) };
  expect(memory.verdict(rest, 0)).toMatchObject({ via: 'hook', page: 0x5001n });
  expect(memory.unmap(vma)).toEqual([]);
  expect(grants.mapped).toBe(0);
});

test('changes elsewhere in the address space do not concern the mapping', () => {
  const { memory, vma, grants } = mapped('pv');
  for (const { invalidate } of memory.notifiers) {
    invalidate(virtAddr(START - PAGE), START);
    invalidate(vma.end, virtAddr(vma.end + PAGE));
  }
  expect(grants.mapped).toBe(2);
});

test('a read-only private mapping is no CoW mapping in 6.12.117, and one elsewhere', () => {
  const flags = READ | VM_MAYWRITE;
  const left = ['v6.12', 'v6.18', 'v7.2'].map((revision) => {
    const { file, memory } = guestOf('pv', revision);
    const offset = must(file.mapGrantRef(WRITABLE));
    return must(file.mmap(memory, request(flags, 2, offset))).flags & VM_MAYWRITE;
  });
  expect(left).toEqual([0n, VM_MAYWRITE, VM_MAYWRITE]);
});

test('closing the file keeps what is mapped, and gives back what is not', () => {
  const { file, grants, memory, vma } = mapped('hvm');
  must(file.mapGrantRef(WRITABLE));
  file.release();
  expect(file.visibleMaps).toEqual([]);
  expect(grants.mapped).toBe(2);
  memory.unmap(vma);
  file.closeVma(vma);
  expect(grants.mapped).toBe(0);
});

test('the hook was renamed by the last patch of the RFC', () => {
  const name = (revision: string) =>
    hookName(new UserMemory(guestOf('pv', revision).memory.kernel).kernel);
  expect(['v6.12', 'v6.17', 'rfc-2025-06/13', 'rfc-2025-06/14', 'v6.18'].map(name)).toEqual([
    'find_special_page',
    'find_special_page',
    'find_special_page',
    'find_normal_page',
    'find_normal_page',
  ]);
});
