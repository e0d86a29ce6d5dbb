import { describe, expect, it } from 'vitest';
import { FILE_OPS } from '../src/files/filemap-ops.js';
import { newMapping } from '../src/files/new-mapping.js';
import { folioMarkAccessed } from '../src/frames/accessed.js';
import { hasFlag } from '../src/frames/folio.js';
import { lruFolios } from '../src/frames/lru.js';
import { AnonVma, Mapping, Model, newMm, newVma, PAGE_FLAG, run, Vma } from '../src/index.js';
import { shrinkActiveFolio } from '../src/rmap/active-list.js';
import { ksmMerge } from '../src/rmap/ksm.js';
import { reclaimFolio } from '../src/rmap/reclaim.js';
import { CONTENDED, folioReferenced } from '../src/rmap/referenced.js';
import { WAITS_FOR_RMAP_LOCK } from '../src/rmap/walk.js';
import { ARCHITECTURES, machineOf } from './machines.js';
import { entryOf, oneProcess, PRIVATE, quietly, read, VPN, write } from './processes.js';

const VM_READ = 0x1n;
const VM_EXEC = 0x4n;
const VM_LOCKED = 0x2000n;
const VM_SEQ_READ = 0x8000n;
const VM_RAND_READ = 0x10000n;
const VM_MERGEABLE = 0x80000000n;
const WAITED = [{ kind: 'note', id: WAITS_FOR_RMAP_LOCK }];

/** Somebody holds the lock of all anonymous pages of a VMA. */
function hold({ state }: Model, vma: number): void {
  state.set(AnonVma.locked, state.ref(AnonVma.root, state.ref(Vma.anonVma, vma)), 1);
}

/** A page of a file that a process maps with some rights and has used, on the active list. */
function fileOnActive(arch: string, revision: string, flags: bigint) {
  const model = new Model(machineOf(arch, revision, { vmOps: [FILE_OPS] }));
  const mapping = newMapping(model, 'file', 1);
  const mm = newMm(model);
  const vma = newVma(model, mm, { start: VPN, end: VPN + 1, flags, pgoff: 0, ops: 0, mapping });
  const page = read(model, vma, VPN);
  folioMarkAccessed(model, page);
  folioMarkAccessed(model, page);
  expect(lruFolios(model, 'active')).toEqual([page]);
  return { model, mapping, vma, page };
}

describe.each(ARCHITECTURES)('aging on %s', (arch) => {
  it.each([
    ['a program in use', VM_READ | VM_EXEC, true],
    ['other files', VM_READ, false],
  ])('the active list keeps pages of %s: %s (SPEC 24.13)', (_, flags, stays) => {
    const { model, page } = fileOnActive(arch, 'v6.18', flags);
    expect(quietly(model, () => shrinkActiveFolio(model, page))).toBe(stays);
    expect(lruFolios(model, stays ? 'active' : 'inactive')).toEqual([page]);
    expect(hasFlag(model, page, PAGE_FLAG.active)).toBe(stays);
    // Nobody used it since.
    expect(quietly(model, () => shrinkActiveFolio(model, page))).toBe(false);
  });

  it('a folio on no active list is left where it is', () => {
    const { model, vma } = oneProcess(arch, 'v6.18');
    const page = write(model, vma, VPN, 1);
    expect(quietly(model, () => shrinkActiveFolio(model, page))).toBe(false);
    expect(lruFolios(model, 'inactive')).toEqual([page]);
  });

  it.each([
    ['rmap-log/7x', true, WAITED],
    ['rmap-log/8', false, []],
  ])('with the lock held, %s: a program stays active %s', (revision, stays, events) => {
    const { model, mapping, page } = fileOnActive(arch, revision, VM_READ | VM_EXEC);
    model.state.set(Mapping.locked, mapping, 1);
    expect(run(model, () => shrinkActiveFolio(model, page))).toEqual({ value: stays, events });
  });

  it.each([
    ['rmap-log/7x', 1, WAITED],
    ['rmap-log/8', CONTENDED, []],
  ])('folio_referenced() under a held lock, %s: %s', (revision, value, events) => {
    const { model, vma } = oneProcess(arch, revision);
    const page = write(model, vma, VPN, 1);
    hold(model, vma);
    expect(run(model, () => folioReferenced(model, page, false))).toEqual({ value, events });
    expect(model.pte.is.young(entryOf(model, vma, VPN))).toBe(value === CONTENDED);
  });

  it.each([
    ['a program', VM_READ | VM_EXEC, 'active'],
    ['other files', VM_READ, 'inactive'],
  ] as const)('one use makes a page of %s %3$s', (_, flags, list) => {
    const { model, vma, page } = fileOnActive(arch, 'v6.18', flags);
    quietly(model, () => folioReferenced(model, page, false));
    quietly(model, () => shrinkActiveFolio(model, page));
    expect(lruFolios(model, 'inactive')).toEqual([page]);
    read(model, vma, VPN);
    expect(quietly(model, () => reclaimFolio(model, page, false))).toBe(false);
    expect(lruFolios(model, list)).toEqual([page]);
  });

  it.each([
    ['v5.18', VM_SEQ_READ, 0, false],
    ['v5.18', VM_RAND_READ, 1, false],
    ['v6.18', VM_SEQ_READ, 0, true],
    ['v6.18', VM_RAND_READ, 0, true],
  ])('%s, hint %s: %i uses count, young again %s', (revision, hint, uses, young) => {
    const { model, vma } = oneProcess(arch, revision, { flags: PRIVATE | hint });
    const page = write(model, vma, VPN, 1);
    expect(quietly(model, () => folioReferenced(model, page, false))).toBe(uses);
    expect(model.pte.is.young(entryOf(model, vma, VPN))).toBe(young);
  });

  it('a locked VMA ends the walk, and the folio goes to the active list', () => {
    const { model, vma } = oneProcess(arch, 'v6.18', { flags: PRIVATE | VM_LOCKED });
    const page = write(model, vma, VPN, 1);
    expect(quietly(model, () => reclaimFolio(model, page, false))).toBe(false);
    expect(lruFolios(model, 'active')).toEqual([page]);
  });

  it('the lock of one place of a KSM page stops the walk there, with what came before (15.68)', () => {
    const { model, mm, vma } = oneProcess(arch, 'rmap-log/8', { flags: PRIVATE | VM_MERGEABLE });
    const far = VPN + 64;
    const other = newVma(model, mm, { start: far, end: far + 1, flags: PRIVATE | VM_MERGEABLE });
    const third = newVma(model, mm, { start: far + 64, end: far + 65, flags: PRIVATE });
    const page = write(model, vma, VPN, 4);
    write(model, other, far, 4);
    write(model, third, far + 64, 4);
    quietly(model, () => ksmMerge(model, { vma, vpn: VPN }, { vma: other, vpn: far }));
    read(model, vma, VPN);
    read(model, other, far);
    // A lock of memory that does not show the page is nobody's concern.
    hold(model, third);
    hold(model, other);
    expect(quietly(model, () => folioReferenced(model, page, false))).toBe(CONTENDED);
    model.state.set(AnonVma.locked, model.state.ref(Vma.anonVma, other), 0);
    expect(quietly(model, () => folioReferenced(model, page, false))).toBe(1);
  });
});
