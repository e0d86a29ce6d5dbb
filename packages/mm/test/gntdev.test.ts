import { pfn, VM_MAYWRITE, VM_SHARED, VM_WRITE } from '@pagewright/core';
import {
  GntdevFile,
  type Grant,
  GrantTable,
  type GrantVma,
  gntdevDevice,
} from '@pagewright/xen-gntdev';
import { describe, expect, it } from 'vitest';
import { OutsideDevice, type OutsideVma } from '../src/devices/outside-device.js';
import { readMemory } from '../src/fault/access.js';
import { Frame, Mm, Model, newMm } from '../src/index.js';
import { vmNormalPage } from '../src/normal-page.js';
import { entryAt } from '../src/tables/tables.js';
import { exitMm } from '../src/vma/exit.js';
import { munmap } from '../src/vma/munmap.js';
import { hasVmFlag } from '../src/vma/vma.js';
import { machineOf } from './machines.js';

const VPN = 0x1000;
const SHARED = 0x1n | VM_WRITE | VM_MAYWRITE | VM_SHARED | 0x80n | 0x8000000n;
const GRANTS: readonly Grant[] = [
  { domid: 3, ref: 100, frame: pfn(0xabc001n), readonly: false },
  { domid: 3, ref: 101, frame: pfn(0xabc002n), readonly: false },
];

/** A guest with the driver, whose device is filled from outside of the model. */
function guest(revision: string, domain: 'pv' | 'hvm') {
  let file: GntdevFile | undefined;
  const gntdev = new OutsideDevice('/dev/xen/gntdev', (space, request) => {
    const made = (file as GntdevFile).mmap(space, request);
    return made.ok ? { ok: true, value: seen(file as GntdevFile, made.value) } : made;
  });
  const machine = machineOf('x86', revision, {
    vmOps: [gntdev.ops],
    memory: [{ name: 'ballooned', purpose: 'own', firstPfn: 0x300000, frames: 4 }],
  });
  const model = new Model(machine);
  const frames = machine.memory.framesOf('ballooned');
  for (const frame of frames) model.state.set(Frame.refcount, frame, 1);
  const grants = new GrantTable(GRANTS);
  const device = gntdevDevice({
    kernel: machine.kernel,
    form: machine.form,
    domain,
    grants,
    allocatePages: (count) => frames.slice(0, count).map((f) => pfn(BigInt(machine.memory.pfn(f)))),
  });
  if (!device.ok) throw new Error(device.problem.message);
  file = new GntdevFile(device.value);
  const offset = file.mapGrantRef(GRANTS);
  if (!offset.ok) throw new Error(offset.problem.message);
  return { model, mm: newMm(model), gntdev, frames, grants, file };
}

const seen = (file: GntdevFile, vma: GrantVma): OutsideVma => ({
  flags: vma.flags,
  findNormalPage: (addr) => vma.ops?.findNormalPage?.(addr) ?? null,
  open: () => file.openVma(vma),
  close: () => file.closeVma(vma),
});

const PARTS = { start: VPN, end: VPN + 2, flags: SHARED, pgoff: 0, ops: 0 };

describe.each(['v6.12', 'v6.18', 'v7.2'])('gntdev in the model on %s (SPEC 13)', (revision) => {
  it('PV: entries that the hypervisor wrote are special, and normal by the hook', () => {
    const { model, mm, gntdev, frames } = guest(revision, 'pv');
    const mapped = gntdev.map(model, mm, PARTS);
    if (!mapped.ok) throw new Error('mmap of the grants fails');
    const entry = entryAt(model, mm, VPN + 1, 'pte');
    expect(model.pte.pfn(entry)).toBe(0xabc002);
    expect(model.pte.is.special(entry)).toBe(true);
    expect(vmNormalPage(model, 'pte', mapped.value, VPN + 1, entry)).toBe(frames[1]);
    for (const name of ['VM_MIXEDMAP', 'VM_DONTCOPY', 'VM_DONTEXPAND'] as const) {
      expect(hasVmFlag(model, mapped.value, name)).toBe(true);
    }
    // The driver's notifier empties the entries before the zap, which would drop what nobody counted.
    munmap(model, mm, VPN, 2);
    for (const frame of frames.slice(0, 2)) {
      expect([
        model.state.get(Frame.refcount, frame),
        model.state.get(Frame.mapcount, frame),
      ]).toEqual([1, 0]);
    }
    expect(model.state.get(Mm.filePages, mm)).toBe(0);
  });

  it('HVM: ordinary pages, counted like any driver page, and the map goes with its VMA', () => {
    const { model, mm, gntdev, frames } = guest(revision, 'hvm');
    const mapped = gntdev.map(model, mm, PARTS);
    expect(mapped.ok).toBe(true);
    const { state } = model;
    expect(state.get(Mm.filePages, mm)).toBe(2);
    state.set(Frame.content, frames[1] as number, 6);
    expect(readMemory(model, mm, VPN + 1)).toBe(6);
    exitMm(model, mm);
    expect(state.get(Frame.refcount, frames[1] as number)).toBe(1);
  });

  it('what the driver refuses leaves no VMA', () => {
    const { model, mm, gntdev } = guest(revision, 'pv');
    const refused = gntdev.map(model, mm, { ...PARTS, flags: SHARED & ~VM_SHARED });
    expect(refused).toMatchObject({ ok: false, problem: { code: 'EINVAL' } });
    expect(model.state.ref(Mm.firstVma, mm)).toBe(-1);
  });
});
