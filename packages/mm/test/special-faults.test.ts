import { VM_MAYWRITE, VM_SHARED, VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { VM_FAULT } from '../src/errno.js';
import { readMemory, writeMemory } from '../src/fault/access.js';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { FILE_OPS } from '../src/files/filemap-ops.js';
import { newMapping } from '../src/files/new-mapping.js';
import { cachedPage, readIntoCache } from '../src/files/page-cache.js';
import { forkMm } from '../src/fork/fork.js';
import { isAnonExclusive, setFlag } from '../src/frames/folio.js';
import { PAGE_FLAG } from '../src/frames/page-flags.js';
import { checkInvariants, Frame, Global, Mm, Model, newMm, newVma, run } from '../src/index.js';
import type { Entry } from '../src/machine/entries.js';
import { reclaimFolio } from '../src/rmap/reclaim.js';
import { Vma } from '../src/state/columns.js';
import { entryAt, setEntry, slotMade } from '../src/tables/tables.js';
import { PTE_MARKER } from '../src/zap/markers.js';
import { ARCHITECTURES, machineOf } from './machines.js';

const VPN = 0x1000;
const PRIVATE = 0x1n | VM_WRITE | VM_MAYWRITE | 0x8000000n;
const SHARED = PRIVATE | VM_SHARED | 0x80n;
const VM_UFFD_MISSING = 0x200n;
const VM_UFFD_WP = 0x1000n;

function anonymous(arch: string, revision: string, flags = PRIVATE, pages = 8) {
  const model = new Model(machineOf(arch, revision, { vmOps: [FILE_OPS] }));
  const mm = newMm(model);
  const vma = newVma(model, mm, { start: VPN, end: VPN + pages, flags });
  return { model, mm, vma };
}

const entryOf = (model: Model, mm: number, vpn = VPN): Entry => entryAt(model, mm, vpn, 'pte');
const frameOf = (model: Model, mm: number, vpn = VPN): number =>
  model.machine.memory.frame(model.pte.pfn(entryOf(model, mm, vpn)));

/** Puts an entry where a page would be. */
function place(model: Model, mm: number, entry: Entry | undefined): void {
  if (entry === undefined) throw new Error('the form has no such entry');
  setEntry(model, slotMade(model, mm, VPN, 'pte'), entry);
}

describe.each(ARCHITECTURES)('swapping in on %s (SPEC 9.8)', (arch) => {
  it.each([
    ['v6.9', false],
    ['v6.12', true],
    ['v7.2', true],
  ] as const)(
    '%s: an exclusive page comes back exclusive; writable for a read: %s',
    (revision, writable) => {
      const { model, mm } = anonymous(arch, revision);
      writeMemory(model, mm, VPN, 5);
      expect(reclaimFolio(model, frameOf(model, mm), true)).toBe(true);
      const { state, pte } = model;
      expect([state.get(Mm.anonPages, mm), state.get(Mm.swapEntries, mm)]).toEqual([0, 1]);
      expect(handleMmFault(model, 0, VPN, 0)).toBe(VM_FAULT.MAJOR);
      expect([state.get(Mm.anonPages, mm), state.get(Mm.swapEntries, mm)]).toEqual([1, 0]);
      expect(isAnonExclusive(model, frameOf(model, mm))).toBe(true);
      expect(pte.is.write(entryOf(model, mm))).toBe(writable);
      expect(readMemory(model, mm, VPN)).toBe(5);
      expect(writeMemory(model, mm, VPN, 6)).toBe(0);
      expect(checkInvariants(model)).toEqual([]);
    },
  );

  it('a write to a page that a child has in swap as well copies it', () => {
    const { model, mm } = anonymous(arch, 'v6.18');
    writeMemory(model, mm, VPN, 5);
    const child = forkMm(model, mm);
    reclaimFolio(model, frameOf(model, mm), true);
    expect(writeMemory(model, mm, VPN, 6)).toBe(0);
    expect(readMemory(model, child, VPN)).toBe(5);
    expect(readMemory(model, mm, VPN)).toBe(6);
    expect(checkInvariants(model)).toEqual([]);
  });

  it('without memory: OOM, and the entry stays', () => {
    const { model, mm, vma } = anonymous(arch, 'v6.18');
    writeMemory(model, mm, VPN, 5);
    reclaimFolio(model, frameOf(model, mm), true);
    const before = entryOf(model, mm);
    for (const frame of model.machine.memory.framesOf('RAM')) {
      model.state.set(Frame.refcount, frame, 1);
    }
    expect(handleMmFault(model, vma, VPN, 0)).toBe(VM_FAULT.OOM);
    expect(entryOf(model, mm)).toBe(before);
  });
});

describe('entries that stand for nothing (SPEC 6.10)', () => {
  it.each([
    ['poisoned', VM_FAULT.HWPOISON],
    ['guard', VM_FAULT.SIGSEGV],
  ] as const)('a marker %s', (kind, answer) => {
    const { model, mm, vma } = anonymous('x86', 'v6.18');
    place(model, mm, model.pte.makeAbsent('marker', PTE_MARKER[kind]));
    expect(handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE)).toBe(answer);
  });

  it('a poisoned page, and an entry that no kernel makes', () => {
    const { model, mm, vma } = anonymous('x86', 'v6.18');
    place(model, mm, model.pte.makeAbsent('hwpoison', 0x1000));
    expect(handleMmFault(model, vma, VPN, 0)).toBe(VM_FAULT.HWPOISON);
    const old = anonymous('x86', 'v6.1');
    place(old.model, old.mm, old.model.pte.makeAbsent('swapin-error', 0));
    expect(handleMmFault(old.model, old.vma, VPN, 0)).toBe(VM_FAULT.SIGBUS);
  });
});

describe('userfaultfd', () => {
  it('a missing page of a monitored VMA: its monitor has to act', () => {
    for (const flags of [0, FAULT_FLAG.WRITE]) {
      const { model, mm, vma } = anonymous('x86', 'v6.18', PRIVATE | VM_UFFD_MISSING);
      const outcome = run(model, () => handleMmFault(model, vma, VPN, flags));
      expect(outcome).toEqual({
        value: VM_FAULT.RETRY,
        events: [{ kind: 'note', id: 'userfault-missing' }],
      });
      expect(entryOf(model, mm)).toBe(0);
      expect(readMemory(model, mm, VPN)).toBe(-VM_FAULT.RETRY);
    }
  });

  it('a write-protected page: asked about, or freed by itself in async mode', () => {
    const { model, mm, vma } = anonymous('x86', 'v6.18', PRIVATE | VM_UFFD_WP);
    writeMemory(model, mm, VPN, 5);
    const { to } = model.pte;
    place(model, mm, to.mkuffd_wp(to.wrprotect(entryOf(model, mm))));
    expect(handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE)).toBe(VM_FAULT.RETRY);
    model.state.set(Vma.uffdWpAsync, vma, 1);
    expect(handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE)).toBe(0);
    expect(model.pte.is.uffd_wp(entryOf(model, mm))).toBe(false);
    expect(model.pte.is.write(entryOf(model, mm))).toBe(true);
  });

  it('a marker hands its protection to the page that comes, or goes when nobody watches', () => {
    const { model, mm, vma } = anonymous('x86', 'v6.18', PRIVATE | VM_UFFD_WP);
    place(model, mm, model.pte.makeAbsent('marker', PTE_MARKER.uffdWp));
    expect(handleMmFault(model, vma, VPN, 0)).toBe(0);
    expect(model.pte.is.uffd_wp(entryOf(model, mm))).toBe(true);
    const plain = anonymous('x86', 'v6.18');
    place(plain.model, plain.mm, plain.model.pte.makeAbsent('marker', PTE_MARKER.uffdWp));
    expect(handleMmFault(plain.model, plain.vma, VPN, 0)).toBe(0);
    expect(entryOf(plain.model, plain.mm)).toBe(0);
  });
});

describe('NUMA hints (SPEC 6.8)', () => {
  it.each(['v6.1', 'v6.9', 'v6.18'])(
    '%s: the entry is as it was, write access included',
    (revision) => {
      const { model, mm, vma } = anonymous('x86', revision);
      writeMemory(model, mm, VPN, 5);
      const before = entryOf(model, mm);
      const none = model.machine.prots.id(model.machine.form.definition.protectionMap[0] as bigint);
      let hinted = model.pte.modify(before, none);
      // Until 6.1 the write bit stays in the entry meanwhile (pte_mk_savedwrite()).
      if (revision === 'v6.1') hinted = model.pte.mkwrite(hinted);
      place(model, mm, hinted);
      expect(model.pte.is.protnone(hinted)).toBe(true);
      expect(handleMmFault(model, vma, VPN, 0)).toBe(0);
      expect(model.pte.is.write(entryOf(model, mm))).toBe(true);
      expect(readMemory(model, mm, VPN)).toBe(5);
    },
  );
});

describe('large folios', () => {
  it('anonymous: one fault maps all of an aligned empty range, and a page where that does not fit', () => {
    const { model, mm, vma } = anonymous('x86', 'v6.18', PRIVATE, 12);
    model.state.set(Global.anonOrder, 0, 3);
    expect(handleMmFault(model, vma, VPN + 5, FAULT_FLAG.WRITE)).toBe(0);
    const folio = frameOf(model, mm, VPN);
    expect(frameOf(model, mm, VPN + 7)).toBe(folio + 7);
    const { state } = model;
    expect([state.get(Frame.refcount, folio), state.get(Frame.order, folio)]).toEqual([8, 3]);
    expect(state.get(Mm.anonPages, mm)).toBe(8);
    handleMmFault(model, vma, VPN + 9, FAULT_FLAG.WRITE);
    expect(state.get(Mm.anonPages, mm)).toBe(9);
    expect(checkInvariants(model)).toEqual([]);
  });

  it('of a file: mapped by a PMD where it fills one, and page by page elsewhere', () => {
    const machine = machineOf('x86', 'v6.18', {
      vmOps: [FILE_OPS],
      ramFrames: 1024,
      capacities: { cacheSlot: 512 },
    });
    const model = new Model(machine);
    const mapping = newMapping(model, 'file', 512);
    readIntoCache(model, mapping, 0, 9);
    const mm = newMm(model);
    const parts = { flags: SHARED, pgoff: 0, ops: 0, mapping };
    const vma = newVma(model, mm, { start: VPN, end: VPN + 512, ...parts });
    const odd = newVma(model, mm, { start: 0x2001, end: 0x2003, ...parts });
    expect(handleMmFault(model, vma, VPN + 3, 0)).toBe(0);
    const folio = cachedPage(model, mapping, 0);
    const { state } = model;
    expect(model.pmd.pfn(entryAt(model, mm, VPN, 'pmd'))).toBe(machine.memory.pfn(folio));
    expect([state.get(Frame.entireMapcount, folio), state.get(Mm.filePages, mm)]).toEqual([1, 512]);
    expect(handleMmFault(model, odd, 0x2002, 0)).toBe(0);
    expect([state.get(Frame.refcount, folio), state.get(Mm.filePages, mm)]).toEqual([514, 513]);
    expect(checkInvariants(model)).toEqual([]);
  });
});

describe('what a fault refuses', () => {
  it('poisoned pages of files, and VMAs whose key forbids it', () => {
    const { model, mm } = anonymous('x86', 'v6.18');
    const mapping = newMapping(model, 'file', 2);
    const parts = { start: VPN + 64, end: VPN + 66, flags: PRIVATE, pgoff: 0, ops: 0, mapping };
    const vma = newVma(model, mm, parts);
    const frame = readIntoCache(model, mapping, 0);
    setFlag(model, frame, PAGE_FLAG.hwpoison, true);
    for (const flags of [0, FAULT_FLAG.WRITE]) {
      expect(handleMmFault(model, vma, VPN + 64, flags)).toBe(VM_FAULT.HWPOISON);
    }
    expect(model.state.get(Frame.refcount, frame)).toBe(1);
    model.state.set(Vma.accessDenied, vma, 1);
    expect(handleMmFault(model, vma, VPN + 65, 0)).toBe(VM_FAULT.SIGSEGV);
  });

  it('a copy of a poisoned page', () => {
    const { model, mm } = anonymous('x86', 'v6.18');
    writeMemory(model, mm, VPN, 5);
    forkMm(model, mm);
    setFlag(model, frameOf(model, mm), PAGE_FLAG.hwpoison, true);
    expect(writeMemory(model, mm, VPN, 6)).toBe(-VM_FAULT.HWPOISON);
  });
});
