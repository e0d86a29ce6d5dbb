import { describe, expect, it } from 'vitest';
import { blockAt } from '../src/dax/blocks.js';
import { daxEntryAt } from '../src/dax/entry.js';
import { writeMemory } from '../src/fault/access.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { FOLL } from '../src/gup/flags.js';
import { getUserPages } from '../src/gup/get-user-pages.js';
import {
  AnonVma,
  CacheSlot,
  Frame,
  Global,
  MM_FLAG,
  Mm,
  type Model,
  newMm,
  newVma,
  Table,
  Vma,
} from '../src/index.js';
import { checkInvariants } from '../src/invariants/check.js';
import { entryAt, slotAt, tableHolding } from '../src/tables/tables.js';
import { addVmFlags } from '../src/vma/vma.js';
import { broken, HPN, hugeProcess, plant } from './damaged.js';
import * as dax from './dax.js';
import { entryOf, oneProcess, PAGES, PRIVATE, quietly, VPN, write } from './processes.js';

const whats = (model: Model) => checkInvariants(model).map(({ id, what }) => `${id}: ${what}`);

describe('what is counted in several ways is right in each', () => {
  it('I21: children of an anon_vma, and the one counter of before', () => {
    for (const [revision, field] of [
      ['v6.18', AnonVma.numChildren],
      ['v5.18', AnonVma.degree],
    ] as const) {
      const { model, vma } = oneProcess('x86', revision, {});
      write(model, vma, VPN, 1);
      expect(broken(model)).toEqual([]);
      model.state.add(field, model.state.ref(Vma.anonVma, vma), 1);
      expect(broken(model)).toEqual(['I21']);
    }
  });

  it('I13: pages of shared memory, and pages of entries that no VMA has', () => {
    const { model, mm, vma } = oneProcess('x86', 'v6.18', {});
    write(model, vma, VPN, 1);
    model.state.add(Mm.shmemPages, mm, 1);
    expect(whats(model)).toEqual(['I13: MM_SHMEMPAGES is not what entries add up to']);
    model.state.add(Mm.shmemPages, mm, -1);
    plant(model, mm, VPN + PAGES, entryOf(model, vma, VPN));
    expect(whats(model)).toEqual(['I13: an entry lies in no VMA']);
  });

  it('I18: a page whose rmap leads to the VMA of somebody else', () => {
    const { model, vma } = oneProcess('x86', 'v6.18', {});
    const page = write(model, vma, VPN, 1);
    const other = newVma(model, newMm(model), { start: VPN, end: VPN + 1, flags: PRIVATE });
    write(model, other, VPN, 2);
    expect(broken(model)).toEqual([]);
    model.state.set(Frame.ownerId, page, model.state.get(Vma.anonVma, other));
    expect(whats(model)).toEqual(['I18: the rmap of an anonymous page does not find this VMA']);
  });

  it('I17: a private copy that lies where a raw frame would, without a special mark', () => {
    const { model, vma } = oneProcess('um', 'v6.18', { flags: PRIVATE });
    const page = write(model, vma, VPN, 1);
    addVmFlags(model, vma, 'VM_PFNMAP');
    model.state.set(Vma.pgoff, vma, model.machine.memory.pfn(page));
    expect(whats(model)).toContain('I17: a private copy counts as a raw frame');
  });
});

describe('huge pages', () => {
  const written = () => {
    const made = hugeProcess('v6.18');
    const { model, mm } = made;
    writeMemory(model, mm, HPN, 1);
    expect(broken(model)).toEqual([]);
    const page = model.machine.memory.frame(model.pmd.pfn(entryAt(model, mm, HPN, 'pmd')));
    return { ...made, page };
  };

  it('I1, I2: mappings of the folio together, and its pins', () => {
    for (const [field, id] of [
      [Frame.largeMapcount, 'I1'],
      [Frame.pincount, 'I2'],
    ] as const) {
      const { model, mm, page } = written();
      getUserPages(model, mm, HPN, 1, FOLL.PIN | FOLL.WRITE);
      expect(broken(model)).toEqual([]);
      model.state.add(field, page, 1);
      expect(broken(model)).toEqual([id]);
    }
  });

  it('I30: a table too many put aside, and one that is missing', () => {
    for (const by of [1, -1]) {
      const { model, mm } = written();
      model.state.add(Table.deposits, tableHolding(model, slotAt(model, mm, HPN, 'pmd')), by);
      model.state.add(Mm.nrPtes, mm, by);
      expect(whats(model)).toEqual(['I30: deposited tables are not those of huge leaves']);
    }
  });

  it('I29: the huge zero folio mapped by who gave its reference back', () => {
    const { model, mm, vma } = hugeProcess('v6.18');
    quietly(model, () => handleMmFault(model, vma, HPN, 0));
    const { state } = model;
    state.set(Mm.flags, mm, state.get(Mm.flags, mm) & ~MM_FLAG.hugeZeroFolio);
    state.add(Global.hugeZeroRefs, 0, -1);
    expect(whats(model)).toEqual(['I29: the huge zero folio is mapped by who has no reference']);
  });
});

describe('files on DAX', () => {
  it('I23: fewer references than mappings', () => {
    const { model, mapping, mm } = dax.mappedDax('v6.18', dax.SHARED);
    writeMemory(model, mm, dax.VPN + 1, 5);
    model.state.set(Frame.refcount, blockAt(model, mapping, 1), 0);
    expect(whats(model)).toContain('I23: a DAX page has fewer references than mappings');
  });

  it('what a state says of a frame that nobody looks at is forgotten with it', () => {
    const { model, mapping, mm, pgmap } = dax.mappedDax('v6.18', dax.SHARED);
    writeMemory(model, mm, dax.VPN + 1, 5);
    const sane = model.state.copy();
    const tail = model.machine.hugeZeroFrame + 1;
    model.state.setRef(CacheSlot.frame, daxEntryAt(model, mapping, 1), tail);
    expect(broken(model)).toContain('I23');
    model.state = sane;
    model.state.setRef(Frame.pgmap, tail, pgmap);
    expect(broken(model)).toEqual([]);
  });
});
