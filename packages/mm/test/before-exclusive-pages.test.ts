import { VM_MAYWRITE, VM_SHARED, VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { FILE_OPS } from '../src/files/filemap-ops.js';
import { newMapping } from '../src/files/new-mapping.js';
import { getRefs, isAnonExclusive } from '../src/frames/folio.js';
import { FOLL } from '../src/gup/flags.js';
import { getUserPages } from '../src/gup/get-user-pages.js';
import { ERRNO, Frame, Mm, Model, newMm, newVma } from '../src/index.js';
import { mprotect } from '../src/mprotect/mprotect.js';
import { ksmMerge } from '../src/rmap/ksm.js';
import { tryToMigrate } from '../src/rmap/migrate.js';
import { removeMigrationPtes } from '../src/rmap/migrate-back.js';
import { reclaimFolio } from '../src/rmap/reclaim.js';
import { tryToUnuse } from '../src/swap/swap-off.js';
import { uffdRegisterWp, uffdWriteProtect } from '../src/vma/userfaultfd.js';
import { smaps } from '../src/walk/smaps.js';
import { ARCHITECTURES, machineOf } from './machines.js';
import {
  child,
  entryOf,
  frameAt,
  oneProcess,
  PRIVATE,
  quietly,
  read,
  VPN,
  write,
} from './processes.js';
import { revisionWith } from './recorded.js';

const READ = 1n;
const VM_MERGEABLE = 0x80000000n;

/** Whoever migrates a page holds a reference. */
function isolateAndMigrate(model: Model, page: number): void {
  getRefs(model, page);
  quietly(model, () => tryToMigrate(model, page));
}

describe.each(ARCHITECTURES)('swapping in on %s', (arch) => {
  /** A page that was swapped out, and who asks for it again. */
  function swapped(revision: string) {
    const { model, vma } = oneProcess(arch, revision);
    const page = write(model, vma, VPN, 7);
    expect(quietly(model, () => reclaimFolio(model, page, true))).toBe(true);
    return { model, vma };
  }

  it.each([
    ['v5.18', false],
    ['rmap-log/6', false],
    ['rmap-log/7', false],
    ['rmap-log/7x', true],
  ])('for a read, %s: exclusive by its entry alone (SPEC 24.3)', (revision, byEntry) => {
    const { model, vma } = swapped(revision);
    const { is, to } = model.pte;
    const hasBit = is.swp_exclusive(to.swp_mkexclusive(entryOf(model, vma, VPN)));
    const page = read(model, vma, VPN);
    expect(isAnonExclusive(model, page)).toBe(byEntry && hasBit);
    expect(is.write(entryOf(model, vma, VPN))).toBe(false);
  });

  it.each(['v5.18', 'rmap-log/6', 'rmap-log/7', 'v6.1'])(
    'for a write, %s: writable',
    (revision) => {
      const { model, vma } = swapped(revision);
      const page = write(model, vma, VPN, 8);
      expect(model.pte.is.write(entryOf(model, vma, VPN))).toBe(true);
      expect(isAnonExclusive(model, page)).toBe(model.has('anon-exclusive'));
      expect(model.state.get(Frame.refcount, page)).toBe(1);
    },
  );
});

it('a write that swaps in what userfaultfd protects leaves a dirty entry, and faults again', () => {
  const { model, mm, vma } = oneProcess('x86', 'v6.1');
  const page = write(model, vma, VPN, 7);
  expect(uffdRegisterWp(model, mm, VPN, 1)).toBe(0);
  expect(uffdWriteProtect(model, mm, VPN, 1, true)).toBe(0);
  expect(quietly(model, () => reclaimFolio(model, page, true))).toBe(true);
  quietly(model, () => handleMmFault(model, vma, VPN, FAULT_FLAG.USER | FAULT_FLAG.WRITE));
  const { is } = model.pte;
  const entry = entryOf(model, vma, VPN);
  expect([is.present(entry), is.write(entry), is.dirty(entry), is.uffd_wp(entry)]).toEqual([
    true,
    false,
    true,
    true,
  ]);
});

describe.each(ARCHITECTURES)('swapoff on %s', (arch) => {
  it.each(['v5.18', 'rmap-log/7', 'v6.1', 'v6.18'])('brings every page back in %s', (revision) => {
    const { model, mm, vma } = oneProcess(arch, revision);
    const [alone, shared] = [write(model, vma, VPN, 7), write(model, vma, VPN + 1, 8)];
    quietly(model, () => reclaimFolio(model, alone, true));
    const other = child(model, mm);
    quietly(model, () => reclaimFolio(model, shared, true));
    const { is } = model.pte;
    expect(quietly(model, () => tryToUnuse(model))).toBe(0);
    const page = frameAt(model, vma, VPN + 1);
    expect(frameAt(model, other.vma, VPN + 1)).toBe(page);
    expect(model.state.get(Frame.content, page)).toBe(8);
    expect(model.state.get(Frame.refcount, page)).toBe(2);
    expect([is.write, is.young].map((test) => test(entryOf(model, vma, VPN)))).toEqual([
      false,
      false,
    ]);
    expect([model.state.get(Mm.anonPages, mm), model.state.get(Mm.swapEntries, mm)]).toEqual([
      2, 0,
    ]);
  });

  it('keeps what the entry says of the page alone', () => {
    const { model, vma } = oneProcess(arch, 'v6.1');
    const page = write(model, vma, VPN, 7);
    quietly(model, () => reclaimFolio(model, page, true));
    const own = model.pte.is.swp_exclusive(entryOf(model, vma, VPN));
    expect(quietly(model, () => tryToUnuse(model))).toBe(0);
    expect(isAnonExclusive(model, frameAt(model, vma, VPN))).toBe(own);
  });

  it.each([
    ['v5.18', false],
    ['v6.1', true],
  ])('keeps the mark of soft-dirty tracking in %s: %s (SPEC 24.3)', (revision, keeps) => {
    const { model, vma } = oneProcess(arch, revision, { config: { MEM_SOFT_DIRTY: true } });
    const page = write(model, vma, VPN, 7);
    const marked = model.pte.is.soft_dirty(entryOf(model, vma, VPN));
    quietly(model, () => reclaimFolio(model, page, true));
    expect(quietly(model, () => tryToUnuse(model))).toBe(0);
    expect(model.pte.is.soft_dirty(entryOf(model, vma, VPN))).toBe(marked && keeps);
  });
});

describe.each(ARCHITECTURES)('migration entries on %s', (arch) => {
  const kindAt = (model: Model, vma: number, vpn: number) =>
    model.pte.absent(entryOf(model, vma, vpn)).what;

  it.each([
    ['v5.18', 'migration-read'],
    ['rmap-log/6', 'migration-read'],
    ['rmap-log/7', 'migration-read-exclusive'],
    ['v6.1', 'migration-read-exclusive'],
  ])('of what was writable, and is not: %s %s (SPEC 24.6)', (revision, kind) => {
    const { model, mm, vma } = oneProcess(arch, revision);
    const pages = [VPN, VPN + 1].map((vpn) => write(model, vma, vpn, 1));
    quietly(model, () => mprotect(model, mm, VPN + 1, 1, READ));
    for (const page of pages) isolateAndMigrate(model, page);
    expect(kindAt(model, vma, VPN)).toBe('migration-write');
    expect(kindAt(model, vma, VPN + 1)).toBe(kind);
    quietly(model, () => mprotect(model, mm, VPN, 1, READ));
    expect(kindAt(model, vma, VPN)).toBe(kind);
  });

  it.each([
    ['rmap-log/6', false, false],
    ['rmap-log/7', false, true],
    ['v6.1', true, true],
  ])('%s: the page is dirty again %s, exclusive again %s', (revision, dirty, exclusive) => {
    const { model, vma } = oneProcess(arch, revision);
    const page = write(model, vma, VPN, 1);
    isolateAndMigrate(model, page);
    quietly(model, () => removeMigrationPtes(model, page, page));
    const { is } = model.pte;
    const entry = entryOf(model, vma, VPN);
    const keepsAge = model.machine.form.definition.swap.migrationAgeBits;
    expect([is.write(entry), is.dirty(entry)]).toEqual([true, dirty && keepsAge]);
    expect(isAnonExclusive(model, page)).toBe(exclusive);
  });
});

describe.each(ARCHITECTURES)('mprotect, back to writable, on %s', (arch) => {
  it.each([
    ['v5.18', false],
    ['rmap-log/10', false],
    ['v6.1', true],
  ])('private memory in %s: %s (SPEC 24.9)', (revision, writable) => {
    const { model, mm, vma } = oneProcess(arch, revision);
    write(model, vma, VPN, 1);
    quietly(model, () => mprotect(model, mm, VPN, 1, READ));
    quietly(model, () => mprotect(model, mm, VPN, 1, READ | VM_WRITE));
    expect(model.pte.is.write(entryOf(model, vma, VPN))).toBe(writable);
  });

  it('shared memory that is dirty, in all', () => {
    const model = new Model(machineOf(arch, 'v5.18', { vmOps: [FILE_OPS] }));
    const mapping = newMapping(model, 'file', 2);
    const mm = newMm(model);
    const flags = PRIVATE | VM_SHARED | VM_WRITE | VM_MAYWRITE;
    const vma = newVma(model, mm, { start: VPN, end: VPN + 2, flags, pgoff: 0, ops: 0, mapping });
    write(model, vma, VPN, 1);
    read(model, vma, VPN + 1);
    quietly(model, () => mprotect(model, mm, VPN, 2, READ));
    quietly(model, () => mprotect(model, mm, VPN, 2, READ | VM_WRITE));
    const { is } = model.pte;
    expect([0, 1].map((i) => is.write(entryOf(model, vma, VPN + i)))).toEqual([true, false]);
  });
});

describe('walkers of early kernels', () => {
  it('smaps gives all of a page that migrates to each process, as private (SPEC 24.10)', () => {
    const { model, mm, vma } = oneProcess('x86', 'v6.1');
    const pages = [VPN, VPN + 1].map((vpn) => write(model, vma, vpn, 1));
    child(model, mm);
    isolateAndMigrate(model, pages[1] as number);
    const all = smaps(model, vma);
    expect([all.rss, all.pss]).toEqual([2, 1.5]);
    expect([all.privateClean + all.privateDirty, all.sharedClean + all.sharedDirty]).toEqual([
      1, 1,
    ]);
  });

  it('smaps took any bits of an absent entry for age until 5.19', () => {
    const aged = (change: boolean) => {
      const revision = change
        ? 'v6.1'
        : revisionWith('v6.1', { undoes: ['smaps-absent-not-aged'] });
      const { model, vma } = oneProcess('arm64', revision);
      for (let i = 0; i < 8; i++) {
        const page = write(model, vma, VPN + i, 1);
        isolateAndMigrate(model, page);
      }
      return smaps(model, vma).referenced;
    };
    expect(aged(true)).toBe(0);
    expect(aged(false)).toBeGreaterThan(0);
  });
});

it('userfaultfd protects no entries of files before there are markers', () => {
  for (const [revision, answer] of [
    ['v5.18', ERRNO.EINVAL],
    ['v6.1', 0],
  ] as const) {
    const model = new Model(machineOf('x86', revision, { vmOps: [FILE_OPS] }));
    const mapping = newMapping(model, 'shmem', 1);
    const mm = newMm(model);
    const flags = PRIVATE | VM_SHARED;
    newVma(model, mm, { start: VPN, end: VPN + 1, flags, pgoff: 0, ops: 0, mapping });
    expect(uffdRegisterWp(model, mm, VPN, 1)).toBe(answer);
  }
});

it('a first page that KSM took is given back by a copy when the second is pinned', () => {
  const { model, mm, vma } = oneProcess('x86', 'v6.18', { flags: PRIVATE | VM_MERGEABLE });
  const first = write(model, vma, VPN, 4);
  write(model, vma, VPN + 1, 4);
  quietly(model, () => getUserPages(model, mm, VPN + 1, 1, FOLL.PIN | FOLL.WRITE));
  const merged = quietly(model, () => ksmMerge(model, { vma, vpn: VPN }, { vma, vpn: VPN + 1 }));
  expect(merged).toBe(ERRNO.EFAULT);
  const copy = frameAt(model, vma, VPN);
  expect(copy).not.toBe(first);
  expect(model.state.get(Frame.content, copy)).toBe(4);
  expect(isAnonExclusive(model, copy)).toBe(true);
});
