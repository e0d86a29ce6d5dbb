import { VM_MIXEDMAP, VM_PFNMAP, VM_SHARED } from '@pagewright/core';
import { describe, expect, it, vi } from 'vitest';
import { blockAt } from '../src/dax/blocks.js';
import { daxBreakLayout } from '../src/dax/change-file.js';
import { DAX, daxEntryAt } from '../src/dax/entry.js';
import { readMemory, writeMemory } from '../src/fault/access.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { FILE_OPS } from '../src/files/filemap-ops.js';
import { newMapping } from '../src/files/new-mapping.js';
import { cachedPage } from '../src/files/page-cache.js';
import { truncateFile } from '../src/files/truncate.js';
import { getRefs } from '../src/frames/folio.js';
import { OWNER } from '../src/frames/page-flags.js';
import { FOLL } from '../src/gup/flags.js';
import { getUserPages } from '../src/gup/get-user-pages.js';
import { vmfInsertPfnPmd } from '../src/huge/insert-huge.js';
import {
  CacheSlot,
  type Entry,
  Frame,
  Model,
  newMm,
  newVma,
  PAGE_FLAG,
  Reference,
  run,
  Vma,
} from '../src/index.js';
import { vmInsertPage } from '../src/insert/vm-insert-page.js';
import { checkInvariants } from '../src/invariants/check.js';
import { checkStep } from '../src/invariants/steps.js';
import { tryToMigrate } from '../src/rmap/migrate.js';
import { reclaimFolio } from '../src/rmap/reclaim.js';
import { installGuards } from '../src/vma/madvise-guard.js';
import { splitVma } from '../src/vma/split.js';
import { addVmFlags, dropVmFlags, pageProtOf } from '../src/vma/vma.js';
import { zapVmaRange } from '../src/zap/zap-range.js';
import { broken, HPN, hugeProcess, plant } from './damaged.js';
import * as dax from './dax.js';
import { machineOf } from './machines.js';
import { entryOf, frameAt, oneProcess, PRIVATE, quietly, read, VPN, write } from './processes.js';

const SHARED = PRIVATE | VM_SHARED | 0x80n;

/** A process that maps a file of four pages. */
function fileProcess(flags: bigint) {
  const model = new Model(machineOf('x86', 'v6.18', { vmOps: [FILE_OPS] }));
  const mapping = newMapping(model, 'file', 4, 4);
  const mm = newMm(model);
  const parts = { start: VPN, end: VPN + 4, flags, pgoff: 0, ops: 0, mapping };
  return { model, mapping, mm, vma: newVma(model, mm, parts) };
}

describe('zeropages', () => {
  it('I4, I41: the huge zero folio counted, held, and without its order', () => {
    for (const [field, id] of [
      [Frame.entireMapcount, 'I4'],
      [Frame.refcount, 'I4'],
      [Frame.order, 'I41'],
    ] as const) {
      const { model, vma } = hugeProcess('v6.18');
      quietly(model, () => handleMmFault(model, vma, HPN, 0));
      expect(broken(model)).toEqual([]);
      model.state.add(field, model.machine.hugeZeroFrame, 1);
      expect(broken(model)).toEqual([id]);
    }
  });

  it('I6: a PTE, or a PMD since 6.18, that maps one without special mark', () => {
    const { model, mm, vma } = oneProcess('x86', 'v6.18', {});
    read(model, vma, VPN);
    const zero = model.pte.pfn(entryOf(model, vma, VPN));
    plant(model, mm, VPN, model.pte.to.wrprotect(model.pte.leaf(zero, pageProtOf(model, vma))));
    expect(broken(model)).toEqual(['I6']);
    for (const [revision, ids] of [
      ['v6.17', []],
      ['v6.18', ['I6']],
    ] as const) {
      const huge = hugeProcess(revision);
      quietly(huge.model, () => handleMmFault(huge.model, huge.vma, HPN, 0));
      const { pmd, machine } = huge.model;
      const pfn = machine.memory.pfn(machine.hugeZeroFrame);
      const plain = pmd.to.wrprotect(pmd.leaf(pfn, pageProtOf(huge.model, huge.vma)));
      plant(huge.model, huge.mm, HPN, plain, 'pmd');
      expect(broken(huge.model)).toEqual(ids);
    }
  });

  it('I3, I6, I13: vm_insert_page() of the zeropage in 6.9, not in 6.12 (SPEC 15.1)', () => {
    for (const [revision, ids] of [
      ['v6.9', ['I3', 'I6', 'I13']],
      ['v6.12', []],
    ] as const) {
      const { model, mm, vma } = oneProcess('x86', revision, { flags: SHARED | VM_MIXEDMAP });
      const zero = model.machine.zeroFrames[0] as number;
      expect(vmInsertPage(model, vma, VPN, zero) === 0).toBe(revision === 'v6.9');
      expect(broken(model)).toEqual(ids);
      if (revision !== 'v6.9') continue;
      expect(checkInvariants(model).map(({ evidence }) => evidence)).toContainEqual({
        mm,
        found: 1,
        expected: 0,
      });
    }
  });

  it('I3: one that has lost its reference', () => {
    const { model } = oneProcess('x86', 'v6.18', {});
    model.state.set(Frame.refcount, model.machine.zeroFrames[0] as number, 0);
    expect(broken(model)).toEqual(['I3']);
  });
});

describe('entries', () => {
  it('I8: no special mark, and no page behind it', () => {
    const { model, mm, vma } = oneProcess('x86', 'v6.18', {});
    plant(model, mm, VPN, model.pte.leaf(0x7000000, pageProtOf(model, vma)));
    expect(broken(model)).toEqual(['I8']);
  });

  it('I12: still exclusive while it moves, or lies in swap', () => {
    const moving = oneProcess('x86', 'v6.18', {});
    const page = write(moving.model, moving.vma, VPN, 1);
    moving.model.state.add(Frame.heldRefs, page, 1);
    getRefs(moving.model, page);
    quietly(moving.model, () => tryToMigrate(moving.model, page));
    expect(broken(moving.model)).toEqual([]);
    const { state } = moving.model;
    state.set(Frame.flags, page, state.get(Frame.flags, page) | PAGE_FLAG.anonExclusive);
    expect(broken(moving.model)).toEqual(['I12']);

    const swapped = oneProcess('x86', 'v6.18', {});
    const other = write(swapped.model, swapped.vma, VPN, 1);
    swapped.model.state.add(Frame.heldRefs, other, 1);
    getRefs(swapped.model, other);
    run(swapped.model, () => reclaimFolio(swapped.model, other, true));
    expect(broken(swapped.model)).toEqual([]);
    const flags = swapped.model.state.get(Frame.flags, other) | PAGE_FLAG.anonExclusive;
    swapped.model.state.set(Frame.flags, other, flags);
    expect(broken(swapped.model)).toEqual(['I12']);
  });

  it('I16: raw frames of private memory out of line, without a special mark', () => {
    const { model, mm, vma } = oneProcess('um', 'v6.18', { flags: PRIVATE | VM_PFNMAP });
    const ram = model.machine.memory.framesOf('RAM')[0] as number;
    const pfn = model.machine.memory.pfn(ram);
    const raw = model.pte.to.wrprotect(model.pte.leaf(pfn, pageProtOf(model, vma)));
    model.state.set(Vma.pgoff, vma, pfn);
    plant(model, mm, VPN, raw);
    expect(broken(model)).toEqual([]);
    model.state.set(Vma.pgoff, vma, pfn + 1);
    expect(broken(model)).toContain('I16');
    expect(checkInvariants(model)[0]).toMatchObject({ id: 'I16', evidence: { mm, vma, vpn: VPN } });
  });

  it('I17: a page of a file where private copies alone are counted', () => {
    const { model, vma } = fileProcess(PRIVATE);
    readMemory(model, model.state.ref(Vma.mm, vma), VPN);
    expect(broken(model)).toEqual([]);
    addVmFlags(model, vma, 'VM_PFNMAP');
    expect(broken(model)).toEqual(['I17']);
  });

  it('I37: a guard in a VMA that lost VM_MAYBE_GUARD, in kernels that have it', () => {
    const { model, vma } = oneProcess('x86', 'v7.2', {});
    expect(quietly(model, () => installGuards(model, vma, VPN, VPN + 1))).toBe(0);
    expect(broken(model)).toEqual([]);
    dropVmFlags(model, vma, 'VM_MAYBE_GUARD');
    expect(broken(model)).toEqual(['I37']);
  });

  it('I38: a form that takes a present entry for a swap entry', () => {
    const { model, vma } = oneProcess('x86', 'v6.18', {});
    vi.spyOn(model.pte, 'kind').mockReturnValue('absent');
    write(model, vma, VPN, 1);
    expect(broken(model)).toEqual(['I38']);
  });

  it.each([
    ['v6.18', ['I42']],
    // In part of a series such leaves were counted, and then every count has to have them.
    ['dax-v6/26', ['I1', 'I13', 'I42']],
  ])('I42: a special huge leaf that its folio counts, on %s', (revision, ids) => {
    const machine = machineOf('x86', revision, {
      memory: [{ name: 'device', purpose: 'device', firstPfn: 2 ** 20, frames: HPN }],
      vmOps: [{ name: 'driver' }],
    });
    const model = new Model(machine);
    const mm = newMm(model);
    const flags = SHARED | VM_PFNMAP;
    const vma = newVma(model, mm, { start: HPN, end: 2 * HPN, flags, ops: 0 });
    const folio = machine.memory.framesOf('device')[0] as number;
    model.state.set(Frame.order, folio, 9);
    model.state.set(Frame.refcount, folio, 1);
    quietly(model, () => vmfInsertPfnPmd(model, vma, HPN, 2 ** 20, true));
    expect(broken(model)).toEqual([]);
    model.state.set(Frame.entireMapcount, folio, 1);
    expect(broken(model)).toEqual(ids);
  });
});

it('I19: neighbours of one anon_vma whose chains differ', () => {
  const { model, vma } = oneProcess('x86', 'v6.18', {});
  write(model, vma, VPN, 1);
  const second = splitVma(model, vma, VPN + 4);
  expect(broken(model)).toEqual([]);
  model.state.setRef(Vma.firstAvc, second, -1);
  expect(broken(model)).toEqual(['I19']);
});

describe('references', () => {
  it('I2: one that is left when the page has left the cache', () => {
    for (const leaked of [0, 1]) {
      const { model, mapping, mm } = fileProcess(PRIVATE);
      readMemory(model, mm, VPN + 1);
      const page = cachedPage(model, mapping, 1);
      getRefs(model, page, leaked);
      quietly(model, () => truncateFile(model, mapping, 0));
      expect(model.state.get(Frame.owner, page)).toBe(OWNER.none);
      expect(broken(model)).toEqual(leaked ? ['I2'] : []);
      if (leaked === 0) continue;
      expect(checkInvariants(model)[0]?.evidence).toEqual({ folio: page, found: 1, expected: 0 });
      // Somebody says that it is theirs.
      model.state.add(Frame.heldRefs, page, 1);
      expect(broken(model)).toEqual([]);
    }
  });

  it('I2: pins of a page that was freed', () => {
    const { model, mm, vma } = oneProcess('x86', 'v6.18', {});
    getUserPages(model, mm, VPN, 1, FOLL.PIN | FOLL.WRITE);
    const page = frameAt(model, vma, VPN);
    zapVmaRange(model, vma, VPN, VPN + 1);
    expect(broken(model)).toEqual([]);
    model.state.set(Frame.refcount, page, 0);
    expect(broken(model)).toEqual(['I2']);
  });

  it('I27: a reference to what a VMA of registers maps', () => {
    const { model, mm, vma } = fileProcess(SHARED);
    getUserPages(model, mm, VPN, 1, FOLL.GET);
    expect(broken(model)).toEqual([]);
    addVmFlags(model, vma, 'VM_IO');
    expect(broken(model)).toEqual(['I27']);
  });

  it('I28: a long pin of a page of a DAX file', () => {
    const { model, mm } = dax.mappedDax('v6.18', dax.SHARED);
    writeMemory(model, mm, dax.VPN, 1);
    getUserPages(model, mm, dax.VPN, 1, FOLL.PIN | FOLL.WRITE);
    expect(broken(model)).toEqual([]);
    const { state } = model;
    state.set(Reference.follFlags, 0, state.get(Reference.follFlags, 0) | FOLL.LONGTERM);
    expect(broken(model)).toEqual(['I28']);
  });
});

describe('files on DAX', () => {
  const written = (revision: string) => {
    const made = dax.mappedDax(revision, dax.SHARED);
    writeMemory(made.model, made.mm, dax.VPN + 1, 5);
    expect(broken(made.model)).toEqual([]);
    return { ...made, frame: blockAt(made.model, made.mapping, 1) };
  };

  it('I23: mapped or free of its base once, fewer references than mappings now', () => {
    const once = written('v6.12');
    once.model.state.set(Frame.refcount, once.frame, 0);
    expect(broken(once.model)).toEqual(['I2', 'I23']);
    const counted = written('v6.12');
    counted.model.state.set(Frame.owner, counted.frame, OWNER.none);
    expect(broken(counted.model)).toEqual(['I23']);
    const now = written('v6.18');
    now.model.state.set(Frame.owner, now.frame, OWNER.none);
    expect(broken(now.model)).toEqual(['I23']);
  });

  it('I24: a share that is not the number of offsets', () => {
    const { model, frame } = written('v6.18');
    model.state.set(Frame.share, frame, 2);
    expect(broken(model)).toEqual(['I24']);
  });

  it('I25: the zeropage where a block came, a block where a hole came', () => {
    const { model, mapping, mm } = written('v6.18');
    readMemory(model, mm, dax.VPN + 2);
    expect(broken(model)).toEqual([]);
    const { state } = model;
    const [block, hole] = [1, 2].map((index) => daxEntryAt(model, mapping, index));
    const bits = state.get(CacheSlot.bits, hole as number);
    state.set(CacheSlot.bits, hole as number, bits & ~DAX.zeroPage);
    expect(broken(model)).toContain('I25');
    state.set(CacheSlot.bits, hole as number, bits);
    state.set(CacheSlot.bits, block as number, DAX.zeroPage);
    expect(broken(model)).toContain('I25');
  });

  it('I31, I40: a leaf that its split left, entries that a broken layout left', () => {
    const { model, mapping, mm } = written('v6.18');
    const before = model.state.copy();
    const layout = { kind: 'break-layout', mapping, start: 0, end: 4 } as const;
    const found = checkStep(model, before, layout);
    expect(found.map(({ id, evidence }) => [id, evidence.mapping])).toEqual([['I40', mapping]]);
    expect(dax.interrupted(model, daxBreakLayout(model, mapping, 0, 4))).toBe(0);
    expect(checkStep(model, before, layout)).toEqual([]);

    const huge = dax.mappedDax('v6.18', dax.SHARED, HPN);
    writeMemory(huge.model, huge.mm, dax.VPN, 1);
    const { pmd, machine } = huge.model;
    plant(
      huge.model,
      mm,
      dax.VPN,
      pmd.leaf(machine.memory.pfn(0), pageProtOf(huge.model, huge.vma)),
      'pmd',
    );
    const split = { kind: 'split-file-huge', mm: huge.mm, vpn: dax.VPN } as const;
    expect(checkStep(huge.model, before, split).map(({ id }) => id)).toEqual(['I31']);
    plant(huge.model, mm, dax.VPN, 0 as Entry, 'pmd');
    expect(checkStep(huge.model, before, split)).toEqual([]);
  });
});
