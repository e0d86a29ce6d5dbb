import { VM_MAYWRITE, VM_MIXEDMAP, VM_PFNMAP, VM_SHARED, VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { ERRNO, VM_FAULT } from '../src/errno.js';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { forkMm } from '../src/fork/fork.js';
import { allocFolio } from '../src/frames/allocate.js';
import { isAnonExclusive } from '../src/frames/folio.js';
import { MM_FLAG } from '../src/frames/page-flags.js';
import { putRefs } from '../src/frames/put.js';
import { FOLL } from '../src/gup/flags.js';
import { getUserPages } from '../src/gup/get-user-pages.js';
import { getUserPagesFast } from '../src/gup/gup-fast.js';
import { putReference, referenceAt } from '../src/gup/reference.js';
import {
  Frame,
  Global,
  Mm,
  Model,
  newMm,
  newVma,
  Reference,
  run,
  vmfInsertPfn,
} from '../src/index.js';
import { checkInvariants } from '../src/invariants/check.js';
import { entryAt, pagesOfLevel } from '../src/tables/tables.js';
import { ARCHITECTURES, machineOf } from './machines.js';

const VPN = 0x1000;
const PRIVATE = 0x73n | VM_WRITE | VM_MAYWRITE;
const { GET, PIN, WRITE, LONGTERM, FORCE, FAST_ONLY, NOFAULT } = FOLL;

function anonymous(arch: string, revision = 'v6.18', flags = PRIVATE) {
  const model = new Model(machineOf(arch, revision, { vmOps: [{ name: 'driver' }] }));
  const mm = newMm(model);
  const vma = newVma(model, mm, { start: VPN, end: VPN + 8, flags });
  return { model, mm, vma, state: model.state };
}

function frameAt(model: Model, mm: number, vpn = VPN): number {
  return model.machine.memory.frame(model.pte.pfn(entryAt(model, mm, vpn, 'pte')));
}

/** References and pins of a page as one pair. */
const counts = ({ state }: Model, frame: number) => [
  state.get(Frame.refcount, frame),
  state.get(Global.pinsAcquired, 0) - state.get(Global.pinsReleased, 0),
];

describe.each(ARCHITECTURES)('GUP on %s', (arch) => {
  it('a reference for reading gives the zeropage, a pin leaves it uncounted (SPEC 5.8)', () => {
    const { model, mm } = anonymous(arch);
    expect(getUserPages(model, mm, VPN, 1, GET)).toBe(1);
    const zero = frameAt(model, mm);
    expect(model.machine.zeroFrames).toContain(zero);
    const before = counts(model, zero);
    expect(getUserPages(model, mm, VPN, 1, PIN)).toBe(1);
    expect(counts(model, zero)).toEqual(before);
    expect(model.state.get(Mm.flags, mm) & MM_FLAG.hasPinned).toBe(MM_FLAG.hasPinned);
  });

  it('a long pin for reading unshares the zeropage first, from 6.9 on (SPEC 5.4)', () => {
    const { model, mm } = anonymous(arch);
    expect(getUserPages(model, mm, VPN, 1, PIN | LONGTERM)).toBe(1);
    const frame = frameAt(model, mm);
    expect(model.machine.zeroFrames).not.toContain(frame);
    expect(isAnonExclusive(model, frame)).toBe(true);
    expect(counts(model, frame)).toEqual([1025, 1]);
    const old = anonymous(arch, 'v6.1');
    expect(getUserPages(old.model, old.mm, VPN, 1, PIN | LONGTERM)).toBe(1);
    expect(old.model.machine.zeroFrames).toContain(frameAt(old.model, old.mm));
  });

  it('pins and references are given back as they were taken', () => {
    const { model, mm } = anonymous(arch);
    expect(getUserPages(model, mm, VPN, 3, PIN | WRITE)).toBe(3);
    expect(getUserPages(model, mm, VPN + 1, 1, GET)).toBe(1);
    const frame = frameAt(model, mm, VPN + 1);
    expect(counts(model, frame)).toEqual([1026, 3]);
    for (const vpn of [VPN, VPN + 1, VPN + 1, VPN + 2]) {
      putReference(model, referenceAt(model, mm, vpn));
    }
    expect(counts(model, frame)).toEqual([1, 0]);
    expect(referenceAt(model, mm, VPN)).toBe(-1);
  });

  it('a page shared by fork is unshared before it is pinned, and just referenced otherwise', () => {
    const { model, mm } = anonymous(arch);
    getUserPages(model, mm, VPN, 1, WRITE);
    const shared = frameAt(model, mm);
    forkMm(model, mm);
    expect(getUserPages(model, mm, VPN, 1, GET)).toBe(1);
    expect(frameAt(model, mm)).toBe(shared);
    expect(getUserPages(model, mm, VPN, 1, PIN)).toBe(1);
    expect(frameAt(model, mm)).not.toBe(shared);
    expect(isAnonExclusive(model, frameAt(model, mm))).toBe(true);
  });

  it('FOLL_FORCE writes to a private page that nobody may write', () => {
    const { model, mm } = anonymous(arch, 'v6.18', 0x71n | VM_MAYWRITE);
    expect(getUserPages(model, mm, VPN, 1, PIN | WRITE)).toBe(ERRNO.EFAULT);
    expect(getUserPages(model, mm, VPN, 1, PIN | WRITE | FORCE)).toBe(1);
    const entry = entryAt(model, mm, VPN, 'pte');
    expect(model.pte.is.write(entry)).toBe(false);
    expect(isAnonExclusive(model, frameAt(model, mm))).toBe(true);
  });

  it('stops where no VMA is, with what it has, and faults nothing in with FOLL_NOFAULT', () => {
    const { model, mm } = anonymous(arch);
    expect(getUserPages(model, mm, VPN, 2, GET | NOFAULT)).toBe(ERRNO.EFAULT);
    expect(getUserPages(model, mm, VPN + 6, 4, GET)).toBe(2);
    expect(getUserPages(model, mm, VPN + 8, 1, GET)).toBe(ERRNO.EFAULT);
  });

  it('raw frames: none of a PFNMAP VMA, -EEXIST for a special entry of a MIXEDMAP one', () => {
    const { model, mm } = anonymous(arch, 'v6.18', PRIVATE | VM_PFNMAP);
    expect(getUserPages(model, mm, VPN, 1, GET)).toBe(ERRNO.EFAULT);
    const mixed = newVma(model, mm, {
      start: VPN + 16,
      end: VPN + 24,
      flags: 0xf3n | VM_MIXEDMAP | VM_SHARED,
      ops: 0,
    });
    const device = 0x9_0000;
    expect(vmfInsertPfn(model, mixed, VPN + 16, device)).toBe(VM_FAULT.NOPAGE);
    expect(getUserPages(model, mm, VPN + 16, 1, GET)).toBe(ERRNO.EEXIST);
    // Without a page array, as for populating, it counts as progress.
    expect(getUserPages(model, mm, VPN + 16, 1, 0)).toBe(1);
  });
});

it('arguments that no caller may give are refused with a warning', () => {
  const { model, mm } = anonymous('x86');
  for (const [flags, id] of [
    [GET | PIN, 'both-get-and-pin'],
    [GET | LONGTERM, 'longterm-without-pin'],
    [PIN | LONGTERM | FOLL.PCI_P2PDMA, 'longterm-of-p2pdma'],
  ] as const) {
    const outcome = run(model, () => getUserPages(model, mm, VPN, 1, flags));
    expect(outcome).toMatchObject({ value: ERRNO.EINVAL, events: [{ kind: 'warn', id }] });
  }
});

describe('GUP-fast (SPEC 5.7)', () => {
  const fast = (model: Model, mm: number, flags: number) =>
    getUserPagesFast(model, mm, VPN, 1, flags | FAST_ONLY);

  it('takes what is mapped, and nothing where the special bit is missing', () => {
    for (const [arch, taken] of [
      ['x86', 1],
      ['arm64', 1],
      ['um', 0],
    ] as const) {
      const { model, mm, vma } = anonymous(arch);
      expect(fast(model, mm, GET)).toBe(0);
      handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE);
      expect([arch, fast(model, mm, GET)]).toEqual([arch, taken]);
    }
  });

  it('never gives the zeropage, and asks for the write bit', () => {
    const { model, mm, vma } = anonymous('x86');
    handleMmFault(model, vma, VPN, 0);
    expect(fast(model, mm, GET)).toBe(0);
    expect(getUserPagesFast(model, mm, VPN, 1, GET | WRITE)).toBe(1);
    expect(model.machine.zeroFrames).not.toContain(frameAt(model, mm));
  });

  it('pins nothing while fork runs, but gives references', () => {
    const { model, mm, vma } = anonymous('x86');
    handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE);
    model.state.set(Mm.writeProtectSeq, mm, 1);
    expect([fast(model, mm, PIN), fast(model, mm, GET)]).toEqual([0, 1]);
  });

  it('leaves a shared page to the slow path, which unshares it', () => {
    const { model, mm } = anonymous('x86');
    getUserPages(model, mm, VPN, 1, WRITE);
    forkMm(model, mm);
    expect(fast(model, mm, PIN)).toBe(0);
    expect(getUserPagesFast(model, mm, VPN, 1, PIN)).toBe(1);
    expect(isAnonExclusive(model, frameAt(model, mm))).toBe(true);
  });
});

describe('long pins', () => {
  /** A process whose pages come from memory that must stay movable; there is other memory too. */
  function movable(zone: 'movable' | 'cma') {
    const made = machineOf('x86', 'v6.18', {
      ramFrames: 8,
      memory: [
        {
          name: 'first',
          purpose: 'general',
          firstPfn: 0x800,
          frames: 8,
          ...(zone === 'cma' ? { pageblock: 'cma' } : { zone }),
        },
      ],
    });
    const model = new Model(made);
    const mm = newMm(model);
    const vma = newVma(model, mm, { start: VPN, end: VPN + 8, flags: PRIVATE });
    return { model, mm, vma };
  }

  it.each(['movable', 'cma'] as const)('move pages out of %s memory', (zone) => {
    const { model, mm } = movable(zone);
    // Memory is asked in the order in which it was named.
    const { general } = model.machine.memory;
    const other = general.find(({ range }) => range.name === 'RAM');
    for (let i = 0; i < 8; i++) allocFolio(model, 0, (other?.first ?? 0) + i);
    getUserPages(model, mm, VPN, 1, WRITE);
    for (let i = 0; i < 8; i++) putRefs(model, (other?.first ?? 0) + i);
    const before = frameAt(model, mm);
    expect(model.machine.memory.pfn(before)).toBeLessThan(0x1000);
    expect(getUserPages(model, mm, VPN, 1, PIN | WRITE)).toBe(1);
    expect(frameAt(model, mm)).toBe(before);
    putReference(model, referenceAt(model, mm, VPN));
    expect(getUserPages(model, mm, VPN, 1, PIN | WRITE | LONGTERM)).toBe(1);
    expect(frameAt(model, mm)).not.toBe(before);
    expect(counts(model, frameAt(model, mm))).toEqual([1025, 1]);
    expect(checkInvariants(model)).toEqual([]);
  });
});

describe.each(['x86', 'arm64'])('GUP of huge pages on %s', (arch) => {
  const HUGE = 0x2000_0000n;

  function huge(revision: string) {
    const model = new Model(machineOf(arch, revision, { ramFrames: 2048 }));
    const mm = newMm(model);
    const pages = pagesOfLevel(model, 'pmd');
    const start = 4 * pages;
    const vma = newVma(model, mm, { start, end: start + 2 * pages, flags: PRIVATE | HUGE });
    return { model, mm, vma, start, pages };
  }

  it.each(['v6.12', 'v6.18', 'v7.2'])('one reference record a leaf on %s', (revision) => {
    const { model, mm, start, pages } = huge(revision);
    const wanted = pages + 3;
    expect(getUserPages(model, mm, start, wanted, PIN | WRITE)).toBe(wanted);
    const { state } = model;
    const first = referenceAt(model, mm, start + 1);
    expect(state.get(Reference.pages, first)).toBe(pages);
    const folio = state.ref(Reference.frame, first);
    expect(state.get(Frame.pincount, folio)).toBe(pages);
    expect(state.get(Frame.refcount, folio)).toBe(pages + 1);
    expect(checkInvariants(model)).toEqual([]);
    putReference(model, first);
    putReference(model, referenceAt(model, mm, start + pages));
    expect([state.get(Frame.pincount, folio), state.get(Frame.refcount, folio)]).toEqual([0, 1]);
    expect(getUserPagesFast(model, mm, start + 5, 7, PIN | WRITE | FAST_ONLY)).toBe(7);
    expect(state.ref(Reference.frame, referenceAt(model, mm, start + 5))).toBe(folio + 5);
    expect(checkInvariants(model)).toEqual([]);
  });

  it('the huge zero folio is counted, and refused by the fast path once it is special', () => {
    for (const [revision, fast] of [
      ['v6.12', 1],
      ['v6.17', 1],
      ['v6.18', 0],
    ] as const) {
      const { model, mm, start, vma } = huge(revision);
      handleMmFault(model, vma, start, 0);
      const zero = model.machine.hugeZeroFrame;
      expect(model.pmd.pfn(entryAt(model, mm, start, 'pmd'))).toBe(model.machine.memory.pfn(zero));
      expect([revision, getUserPagesFast(model, mm, start, 1, GET | FAST_ONLY)]).toEqual([
        revision,
        fast,
      ]);
      const before = model.state.get(Frame.refcount, zero);
      expect(getUserPages(model, mm, start + 2, 1, PIN)).toBe(1);
      expect(model.state.get(Frame.refcount, zero)).toBe(before + 1);
      expect(checkInvariants(model)).toEqual([]);
    }
  });

  it('a long pin for reading replaces the huge zero folio', () => {
    const { model, mm, start, vma } = huge('v6.18');
    handleMmFault(model, vma, start, 0);
    expect(getUserPages(model, mm, start, 4, PIN | LONGTERM)).toBe(4);
    const frame = model.state.ref(Reference.frame, referenceAt(model, mm, start));
    expect(isAnonExclusive(model, frame)).toBe(true);
    expect(checkInvariants(model)).toEqual([]);
  });
});
