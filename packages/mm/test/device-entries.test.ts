import { describe, expect, it } from 'vitest';
import { isAnonExclusive } from '../src/frames/folio.js';
import { folioTrylock, folioUnlock } from '../src/frames/lock.js';
import { ERRNO, Frame, type MemoryRange, Mm, PAGE_FLAG, PGMAP_TYPE, Pgmap } from '../src/index.js';
import { migrateToDevice, migrateToRam } from '../src/rmap/device-private.js';
import { makeDeviceExclusive } from '../src/rmap/make-device-exclusive.js';
import { exitMm } from '../src/vma/exit.js';
import { ARCHITECTURES } from './machines.js';
import { child, entryOf, frameAt, oneProcess, quietly, read, VPN, write } from './processes.js';

/** Memory of a device that the processor cannot reach. */
const DEVICE: MemoryRange = { name: 'device', firstPfn: 0x80000, frames: 2, purpose: 'device' };

function withDevice(arch: string, revision: string) {
  const { model, mm, vma } = oneProcess(arch, revision, { memory: [DEVICE] });
  const [device] = model.machine.memory.framesOf('device') as [number];
  const pgmap = model.state.take('pgmap', Pgmap.used);
  model.state.set(Pgmap.type, pgmap, PGMAP_TYPE.private);
  model.state.setRef(Frame.pgmap, device, pgmap);
  return { model, mm, vma, device };
}

/** Architectures that have such entries, and those that have none. */
const WITH = ['x86', 'arm64'];
const WITHOUT = ARCHITECTURES.filter((arch) => !WITH.includes(arch));

describe.each(WITHOUT)('without device entries, on %s', (arch) => {
  it('nothing can be given to a device', () => {
    const { model, vma, device } = withDevice(arch, 'v6.18');
    const page = write(model, vma, VPN, 7);
    const before = entryOf(model, vma, VPN);
    expect(quietly(model, () => migrateToDevice(model, page, device))).toBe(ERRNO.EOPNOTSUPP);
    expect(quietly(model, () => makeDeviceExclusive(model, vma, VPN))).toBe(ERRNO.EOPNOTSUPP);
    expect(entryOf(model, vma, VPN)).toBe(before);
  });
});

describe.each(WITH)('device-private memory on %s', (arch) => {
  it('holds a page behind an entry that counts as a mapping, until it comes back (SPEC 9.9)', () => {
    const { model, mm, vma, device } = withDevice(arch, 'v6.18');
    const { state, pte } = model;
    const page = write(model, vma, VPN, 7);
    expect(quietly(model, () => migrateToDevice(model, page, device))).toBe(device);
    expect(pte.absent(entryOf(model, vma, VPN)).what).toBe('device-private-write');
    const counts = [Frame.refcount, Frame.mapcount, Frame.content];
    expect(counts.map((field) => state.get(field, device))).toEqual([1, 1, 7]);
    expect(isAnonExclusive(model, device)).toBe(true);
    expect(state.get(Mm.anonPages, mm)).toBe(1);
    const back = quietly(model, () => migrateToRam(model, device));
    expect(frameAt(model, vma, VPN)).toBe(back);
    expect(pte.is.write(entryOf(model, vma, VPN))).toBe(true);
    expect(isAnonExclusive(model, back)).toBe(true);
    expect(state.get(Frame.refcount, device)).toBe(0);
    expect(quietly(model, () => exitMm(model, mm))).toBeUndefined();
  });

  it('is shared by fork, read-only on both sides', () => {
    const { model, mm, vma, device } = withDevice(arch, 'v6.18');
    const page = write(model, vma, VPN, 7);
    quietly(model, () => migrateToDevice(model, page, device));
    const other = child(model, mm);
    for (const each of [vma, other.vma]) {
      expect(model.pte.absent(entryOf(model, each, VPN)).what).toBe('device-private-read');
    }
    expect(model.state.get(Frame.mapcount, device)).toBe(2);
    const back = quietly(model, () => migrateToRam(model, device));
    expect([vma, other.vma].map((each) => frameAt(model, each, VPN))).toEqual([back, back]);
    expect(isAnonExclusive(model, back)).toBe(false);
  });
});

describe.each(WITH)('device-exclusive entries on %s', (arch) => {
  it('keep rmap and reference from 6.15 on, and lose the rmap before (SPEC 9.9)', () => {
    for (const [revision, mapcount] of [
      ['v6.12', 0],
      ['v6.18', 1],
    ] as const) {
      const { model, mm, vma } = oneProcess(arch, revision);
      const page = write(model, vma, VPN, 7);
      expect(quietly(model, () => makeDeviceExclusive(model, vma, VPN))).toBe(0);
      expect(model.pte.absent(entryOf(model, vma, VPN)).what).toMatch(/^device-exclusive/);
      expect(model.state.get(Frame.mapcount, page)).toBe(mapcount);
      expect(model.state.get(Frame.refcount, page)).toBe(1);
      expect(isAnonExclusive(model, page)).toBe(true);
      expect(read(model, vma, VPN)).toBe(page);
      expect(model.state.get(Frame.mapcount, page)).toBe(1);
      expect(model.pte.is.write(entryOf(model, vma, VPN))).toBe(true);
      expect(model.state.get(Mm.anonPages, mm)).toBe(1);
      expect(quietly(model, () => exitMm(model, mm))).toBeUndefined();
    }
  });

  it('are refused while somebody holds the folio lock', () => {
    const { model, vma } = oneProcess(arch, 'v6.18');
    const page = write(model, vma, VPN, 7);
    expect(folioTrylock(model, page)).toBe(true);
    expect(folioTrylock(model, page)).toBe(false);
    expect(quietly(model, () => makeDeviceExclusive(model, vma, VPN))).toBe(ERRNO.EBUSY);
    folioUnlock(model, page);
    expect(model.state.get(Frame.flags, page) & PAGE_FLAG.locked).toBe(0);
    expect(quietly(model, () => makeDeviceExclusive(model, vma, VPN))).toBe(0);
  });

  it('are taken back by fork, which then shares the page', () => {
    const { model, mm, vma } = oneProcess(arch, 'v6.18');
    const page = write(model, vma, VPN, 7);
    quietly(model, () => makeDeviceExclusive(model, vma, VPN));
    const other = child(model, mm);
    expect([vma, other.vma].map((each) => frameAt(model, each, VPN))).toEqual([page, page]);
    expect(isAnonExclusive(model, page)).toBe(false);
  });
});

it('a device frame that is free again is no page of anybody', () => {
  const { model, mm, vma, device } = withDevice('x86', 'v6.18');
  quietly(model, () => migrateToDevice(model, write(model, vma, VPN, 7), device));
  quietly(model, () => exitMm(model, mm));
  expect(model.state.get(Frame.refcount, device)).toBe(0);
  expect(isAnonExclusive(model, device)).toBe(false);
});
