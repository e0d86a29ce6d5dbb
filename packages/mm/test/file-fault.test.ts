import { VM_MAYWRITE, VM_SHARED, VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { VM_FAULT } from '../src/errno.js';
import { readMemory, writeMemory } from '../src/fault/access.js';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { cacheSlotOf } from '../src/files/cache-slot.js';
import { FILE_OPS, SHMEM_OPS } from '../src/files/filemap-ops.js';
import { newMapping } from '../src/files/new-mapping.js';
import { cachedPage, fileContent } from '../src/files/page-cache.js';
import { truncateFile } from '../src/files/truncate.js';
import { writebackFile } from '../src/files/writeback.js';
import { hasFlag } from '../src/frames/folio.js';
import { PAGE_FLAG } from '../src/frames/page-flags.js';
import { CacheSlot, Frame, Mm, Model, newMm, newVma } from '../src/index.js';
import { entryAt } from '../src/tables/tables.js';
import { exitMm } from '../src/vma/exit.js';
import { ARCHITECTURES, machineOf } from './machines.js';

const VPN = 0x1000;
const VM_READ = 0x1n;
const VM_MAYSHARE = 0x80n;
const VM_SOFTDIRTY = 0x8000000n;
const PRIVATE = VM_READ | VM_WRITE | VM_MAYWRITE;
const SHARED = PRIVATE | VM_SHARED | VM_MAYSHARE;
const OPS = [FILE_OPS, SHMEM_OPS];

function mapped(arch: string, flags: bigint, kind: 'file' | 'shmem' = 'file', revision = 'v6.18') {
  const model = new Model(machineOf(arch, revision, { vmOps: OPS }));
  const mapping = newMapping(model, kind, 4, 3);
  model.state.set(CacheSlot.stored, cacheSlotOf(model, mapping, 1), 7);
  const mm = newMm(model);
  const ops = kind === 'file' ? 0 : 1;
  const vma = newVma(model, mm, { start: VPN, end: VPN + 4, flags, pgoff: 0, ops, mapping });
  return { model, mapping, mm, vma };
}

/** References and mappings of all frames but the zeropages: none when nobody maps anything. */
function references({ state, machine }: Model): number {
  let references = 0;
  state.forEachSet((column, record, value) => {
    if (machine.zeroFrames.includes(record)) return;
    if (column === Frame.refcount || column === Frame.mapcount) references += value;
  });
  return references;
}

describe.each(ARCHITECTURES)('faults of files on %s', (arch) => {
  it('a read maps the page of the cache: RC of cache and mapping, MC 1, FILE 1', () => {
    const { model, mapping, mm, vma } = mapped(arch, PRIVATE);
    expect(handleMmFault(model, vma, VPN + 1, 0)).toBe(VM_FAULT.MAJOR);
    const frame = cachedPage(model, mapping, 1);
    const { state, pte } = model;
    expect([state.get(Frame.refcount, frame), state.get(Frame.mapcount, frame)]).toEqual([2, 1]);
    expect(state.get(Mm.filePages, mm)).toBe(1);
    expect(pte.is.write(entryAt(model, mm, VPN + 1, 'pte'))).toBe(false);
    expect(readMemory(model, mm, VPN + 1)).toBe(7);
    expect(readMemory(model, mm, VPN + 3)).toBe(-VM_FAULT.SIGBUS);
  });

  it('a private write copies, first or after a read, and the file keeps what it has', () => {
    for (const readFirst of [false, true]) {
      const { model, mapping, mm } = mapped(arch, PRIVATE);
      if (readFirst) expect(readMemory(model, mm, VPN + 1)).toBe(7);
      expect(writeMemory(model, mm, VPN + 1, 9)).toBe(0);
      const { state } = model;
      expect(readMemory(model, mm, VPN + 1)).toBe(9);
      expect(fileContent(model, mapping, 1)).toBe(7);
      expect([state.get(Mm.filePages, mm), state.get(Mm.anonPages, mm)]).toEqual([0, 1]);
      expect(state.get(Frame.refcount, cachedPage(model, mapping, 1))).toBe(1);
    }
  });

  it('a shared write reaches the file, which is told; without a hook the first read maps writable', () => {
    const { model, mapping, mm, vma } = mapped(arch, SHARED);
    handleMmFault(model, vma, VPN + 1, 0);
    expect(model.pte.is.write(entryAt(model, mm, VPN + 1, 'pte'))).toBe(false);
    expect(writeMemory(model, mm, VPN + 1, 9)).toBe(0);
    expect(fileContent(model, mapping, 1)).toBe(9);
    expect(hasFlag(model, cachedPage(model, mapping, 1), PAGE_FLAG.dirty)).toBe(true);
    const shmem = mapped(arch, SHARED, 'shmem');
    expect(writeMemory(shmem.model, shmem.mm, VPN, 5)).toBe(0);
    expect(shmem.model.state.get(Mm.shmemPages, shmem.mm)).toBe(1);
    expect(fileContent(shmem.model, shmem.mapping, 0)).toBe(5);
  });

  it('truncation takes page and copy away; later accesses are SIGBUS, and nothing is left', () => {
    const { model, mapping, mm, vma } = mapped(arch, PRIVATE);
    writeMemory(model, mm, VPN + 1, 9);
    readMemory(model, mm, VPN + 2);
    truncateFile(model, mapping, 1);
    const { state } = model;
    expect([state.get(Mm.filePages, mm), state.get(Mm.anonPages, mm)]).toEqual([0, 0]);
    expect(handleMmFault(model, vma, VPN + 1, FAULT_FLAG.WRITE)).toBe(VM_FAULT.SIGBUS);
    expect(cachedPage(model, mapping, 2)).toBe(-1);
    exitMm(model, mm);
    expect(references(model)).toBe(0);
  });

  it('writeback stores what was written, and the next write is noticed again', () => {
    const { model, mapping, mm } = mapped(arch, SHARED);
    writeMemory(model, mm, VPN + 1, 9);
    const slot = cacheSlotOf(model, mapping, 1);
    expect(model.state.get(CacheSlot.stored, slot)).toBe(7);
    expect([writebackFile(model, mapping, 0, 4), writebackFile(model, mapping, 0, 4)]).toEqual([
      1, 0,
    ]);
    expect(model.state.get(CacheSlot.stored, slot)).toBe(9);
    const entry = entryAt(model, mm, VPN + 1, 'pte');
    expect([model.pte.is.write(entry), model.pte.is.dirty(entry)]).toEqual([false, false]);
    writeMemory(model, mm, VPN + 1, 3);
    expect(hasFlag(model, cachedPage(model, mapping, 1), PAGE_FLAG.dirty)).toBe(true);
  });

  it('no right, no access', () => {
    const { model, mm } = mapped(arch, VM_READ | VM_MAYWRITE);
    expect(writeMemory(model, mm, VPN, 1)).toBe(-VM_FAULT.SIGSEGV);
    expect(readMemory(model, mm, VPN + 100)).toBe(-VM_FAULT.SIGSEGV);
  });
});

describe('dirty pages of files', () => {
  it('a read maps a dirty page dirty where it maps it writable, since 6.16', () => {
    for (const [revision, dirty] of [
      ['v6.12', false],
      ['v6.17', true],
    ] as const) {
      const { model, mm, vma } = mapped('x86', SHARED | VM_SOFTDIRTY, 'shmem', revision);
      const first = newVma(model, mm, {
        start: VPN + 64,
        end: VPN + 68,
        flags: SHARED | VM_SOFTDIRTY,
        pgoff: 0,
        ops: 1,
        mapping: 0,
      });
      handleMmFault(model, first, VPN + 64, FAULT_FLAG.WRITE);
      handleMmFault(model, vma, VPN, 0);
      const entry = entryAt(model, mm, VPN, 'pte');
      expect([model.pte.is.write(entry), model.pte.is.dirty(entry)]).toEqual([true, dirty]);
    }
  });
});
