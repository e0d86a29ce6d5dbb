import { VM_MAYWRITE, VM_PFNMAP, VM_SHARED, VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { DEV_MEM_OPS } from '../src/devices/dev-mem.js';
import {
  CARELESS_HOLE_DRIVER,
  HOLE_DRIVER,
  INSERT_PAGE_DRIVER,
  MIXED_DRIVER,
  PAGE_DRIVER,
  PFN_DRIVER,
  TOLD_PAGE_DRIVER,
} from '../src/devices/driver-ops.js';
import { mmapDevice } from '../src/devices/mmap-device.js';
import { ERRNO, VM_FAULT } from '../src/errno.js';
import { readMemory, writeMemory } from '../src/fault/access.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { newMapping } from '../src/files/new-mapping.js';
import { Frame, Global, Mm, Model, newMm, newVma, RAM_PFN } from '../src/index.js';
import { entryAt } from '../src/tables/tables.js';
import { hasVmFlag, vmasOf } from '../src/vma/vma.js';
import { ARCHITECTURES, machineOf } from './machines.js';

const VPN = 0x1000;
const VM_SOFTDIRTY = 0x8000000n;
const VM_MIXEDMAP = 0x10000000n;
const PRIVATE = 0x1n | VM_WRITE | VM_MAYWRITE;
const SHARED = PRIVATE | VM_SHARED | 0x80n | VM_SOFTDIRTY;
const REGISTERS = 0x200000;
const BUFFER = 0x300000;

const OPS = [
  DEV_MEM_OPS,
  PAGE_DRIVER,
  INSERT_PAGE_DRIVER,
  PFN_DRIVER,
  MIXED_DRIVER,
  HOLE_DRIVER,
  CARELESS_HOLE_DRIVER,
  TOLD_PAGE_DRIVER,
];

function modelOf(arch: string, revision = 'v6.18', strict = true) {
  const own = { purpose: 'own', frames: 16 } as const;
  const machine = machineOf(arch, revision, {
    vmOps: OPS,
    config: { STRICT_DEVMEM: strict },
    memory: [
      { name: 'registers', ...own, firstPfn: REGISTERS, memmap: false },
      { name: 'buffer', ...own, firstPfn: BUFFER },
    ],
  });
  const model = new Model(machine);
  for (const frame of machine.memory.framesOf('buffer')) model.state.set(Frame.refcount, frame, 1);
  return { model, mm: newMm(model) };
}

/** A VMA of a driver whose memory begins at a pfn. */
function driven(model: Model, mm: number, ops: (typeof OPS)[number], flags: bigint, pfn: number) {
  const parts = { start: VPN, end: VPN + 4, pgoff: 0, ops: OPS.indexOf(ops), private: pfn };
  return newVma(model, mm, { ...parts, flags });
}

describe.each(ARCHITECTURES)('/dev/mem on %s', (arch) => {
  const parts = { start: VPN, end: VPN + 4, flags: SHARED, ops: 0 };

  it('maps registers whole, raw and uncounted', () => {
    const { model, mm } = modelOf(arch);
    const vma = mmapDevice(model, mm, { ...parts, pgoff: REGISTERS });
    expect(vma).toBeGreaterThanOrEqual(0);
    expect(hasVmFlag(model, vma, 'VM_PFNMAP') && hasVmFlag(model, vma, 'VM_IO')).toBe(true);
    expect(model.pte.pfn(entryAt(model, mm, VPN + 2, 'pte'))).toBe(REGISTERS + 2);
    expect(writeMemory(model, mm, VPN + 2, 1)).toBe(0);
    expect(model.state.get(Mm.filePages, mm)).toBe(0);
  });

  it('RAM is -EPERM with STRICT_DEVMEM and leaves no VMA; without it private writes copy', () => {
    const strict = modelOf(arch);
    expect(mmapDevice(strict.model, strict.mm, { ...parts, pgoff: RAM_PFN })).toBe(ERRNO.EPERM);
    expect([...vmasOf(strict.model, strict.mm)]).toEqual([]);
    const { model, mm } = modelOf(arch, 'v6.18', false);
    const pgoff = model.machine.memory.pfn(model.machine.memory.framesOf('buffer')[0] as number);
    model.state.set(Frame.content, model.machine.memory.frame(pgoff), 7);
    mmapDevice(model, mm, { ...parts, flags: PRIVATE, pgoff });
    expect(readMemory(model, mm, VPN)).toBe(7);
    expect(writeMemory(model, mm, VPN, 9)).toBe(0);
    expect([readMemory(model, mm, VPN), model.state.get(Mm.anonPages, mm)]).toEqual([9, 1]);
    expect(model.state.get(Frame.content, model.machine.memory.frame(pgoff))).toBe(7);
  });

  it('no table to be had: -EAGAIN, and no VMA', () => {
    const { model, mm } = modelOf(arch);
    model.state.set(Global.tablesRunOut, 0, 1);
    expect(mmapDevice(model, mm, { ...parts, pgoff: REGISTERS })).toBe(ERRNO.EAGAIN);
    expect([...vmasOf(model, mm)]).toEqual([]);
  });
});

describe.each(ARCHITECTURES)('drivers that map on a fault on %s', (arch) => {
  it('pages: counted whoever inserts them, the core or the driver', () => {
    for (const ops of [PAGE_DRIVER, INSERT_PAGE_DRIVER, TOLD_PAGE_DRIVER]) {
      const { model, mm } = modelOf(arch);
      driven(model, mm, ops, SHARED, BUFFER);
      expect(writeMemory(model, mm, VPN + 1, 5)).toBe(0);
      const frame = model.machine.memory.frame(BUFFER + 1);
      const { state } = model;
      expect([state.get(Frame.refcount, frame), state.get(Frame.mapcount, frame)]).toEqual([2, 1]);
      expect([state.get(Frame.content, frame), state.get(Mm.filePages, mm)]).toEqual([5, 1]);
    }
  });

  it('raw frames: registers in a PFNMAP, nothing counted', () => {
    const { model, mm } = modelOf(arch);
    const vma = driven(model, mm, PFN_DRIVER, SHARED | VM_PFNMAP, REGISTERS);
    expect(handleMmFault(model, vma, VPN + 1, 0)).toBe(VM_FAULT.NOPAGE);
    expect(model.pte.pfn(entryAt(model, mm, VPN + 1, 'pte'))).toBe(REGISTERS + 1);
    expect(model.pte.is.special(entryAt(model, mm, VPN + 1, 'pte'))).toBe(
      model.kernel.hasSpecial('pte'),
    );
  });

  it('a mixed VMA counts pages where there is no special bit alone', () => {
    const { model, mm } = modelOf(arch);
    driven(model, mm, MIXED_DRIVER, SHARED | VM_MIXEDMAP, BUFFER);
    expect(writeMemory(model, mm, VPN, 3)).toBe(0);
    const counted = model.config.ARCH_HAS_PTE_SPECIAL ? 0 : 1;
    expect(model.state.get(Mm.filePages, mm)).toBe(counted);
  });
});

describe('a driver that shows the zeropage for holes (SPEC 15.2, 15.3)', () => {
  const written = (revision: string, careful: boolean) => {
    const { model, mm } = modelOf('x86', revision);
    const flags = SHARED | (careful ? VM_MIXEDMAP | 0x4000n : VM_MIXEDMAP);
    driven(model, mm, careful ? HOLE_DRIVER : CARELESS_HOLE_DRIVER, flags, BUFFER);
    const read = readMemory(model, mm, VPN);
    const answer = read < 0 ? read : writeMemory(model, mm, VPN, 9);
    const zero = model.machine.zeroFrames[0] as number;
    return [answer, model.state.get(Frame.content, zero)];
  };

  it('without pfn_mkwrite() the zeropage is written to until 6.10, and refused later', () => {
    expect(written('v6.9', false)).toEqual([0, 9]);
    expect(written('v6.12', false)).toEqual([-VM_FAULT.SIGBUS, 0]);
    expect(written('v6.18', false)).toEqual([-VM_FAULT.SIGBUS, 0]);
  });

  it('with it a page takes its place', () => {
    for (const revision of ['v6.9', 'v6.12', 'v6.18', 'v7.2']) {
      expect(written(revision, true)).toEqual([0, 0]);
    }
  });
});

describe('registers by huge entries (SPEC 3.13)', () => {
  it('a PMD where VMA and frames are aligned and large enough, PTEs elsewhere', () => {
    for (const revision of ['v6.12', 'v6.18', 'v7.2']) {
      const { model, mm } = modelOf('x86', revision);
      const parts = { flags: SHARED | VM_PFNMAP, pgoff: 0, ops: OPS.indexOf(PFN_DRIVER) };
      const device = newMapping(model, 'device', 0);
      const vma = newVma(model, mm, {
        ...parts,
        start: 0x2000,
        end: 0x2200,
        private: REGISTERS,
        mapping: device,
      });
      const odd = newVma(model, mm, {
        ...parts,
        start: 0x3000,
        end: 0x3200,
        private: REGISTERS + 1,
        mapping: device,
      });
      expect(handleMmFault(model, vma, 0x2005, 0)).toBe(VM_FAULT.NOPAGE);
      const leaf = entryAt(model, mm, 0x2005, 'pmd');
      expect([model.pmd.pfn(leaf), model.pmd.is.special(leaf)]).toEqual([REGISTERS, true]);
      expect(handleMmFault(model, odd, 0x3005, 0)).toBe(VM_FAULT.NOPAGE);
      expect(model.pte.pfn(entryAt(model, mm, 0x3005, 'pte'))).toBe(REGISTERS + 6);
    }
  });
});
