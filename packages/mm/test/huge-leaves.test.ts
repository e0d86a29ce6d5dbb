import { VM_MIXEDMAP, VM_PFNMAP, VM_SHARED, VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { decisionComparers } from '../src/decisions.js';
import { fileKindNumber } from '../src/files/file-kinds.js';
import { prepareFolio } from '../src/frames/allocate.js';
import { hasFlag } from '../src/frames/folio.js';
import { OWNER, PAGE_FLAG, PGMAP_TYPE } from '../src/frames/page-flags.js';
import { copyHugePud } from '../src/huge/copy-huge.js';
import { vmfInsertFolioPmd, vmfInsertFolioPud } from '../src/huge/insert-folio-huge.js';
import { vmfInsertPfnPmd, vmfInsertPfnPud } from '../src/huge/insert-huge.js';
import { mlockPmd } from '../src/huge/mlock-huge.js';
import { splitHugePmd, splitHugePud } from '../src/huge/split.js';
import { zapHugePmd } from '../src/huge/zap-huge.js';
import {
  type FileKindName,
  Frame,
  Global,
  Mapping,
  Mm,
  Model,
  NONE,
  newMm,
  newVma,
  Pgmap,
  VM_FAULT,
} from '../src/index.js';
import { changeProtection, changeProtNuma } from '../src/mprotect/change-protection.js';
import { entryAt, slotAt } from '../src/tables/tables.js';
import { exitMm } from '../src/vma/exit.js';
import { dropVmFlags, pageProtOf } from '../src/vma/vma.js';
import { zapVmaRange } from '../src/zap/zap-range.js';
import { machineOf } from './machines.js';
import { quietly } from './processes.js';
import { compareRows, RECORDED, revisionWith, sample } from './recorded.js';

const VM_READ = 0x1n;
const VM_MAYSHARE = 0x80n;
const SHARED = VM_READ | VM_WRITE | VM_SHARED | VM_MAYSHARE;

/** A file whose pages are one folio that fills a leaf, mapped shared; DAX files lie on a device. */
function mapped(
  revision: string,
  level: 'pmd' | 'pud',
  kind: FileKindName,
  flags = SHARED,
  frames = level === 'pud' ? 512 * 512 : 512,
) {
  const memory = [
    { name: 'device', purpose: 'device', firstPfn: 2 ** 20, frames },
    { name: 'registers', purpose: 'device', firstPfn: 2 ** 21, frames, memmap: false },
  ] as const;
  const machine = machineOf('x86', revision, { memory, vmOps: [{ name: 'driver' }] });
  const model = new Model(machine);
  const { state } = model;
  const folio = machine.memory.framesOf('device')[0] as number;
  const dax = kind === 'fsdax' || kind === 'devdax';
  if (dax) {
    const pgmap = state.take('pgmap', Pgmap.used);
    state.set(Pgmap.type, pgmap, PGMAP_TYPE.fsdax);
    state.setRef(Frame.pgmap, folio, pgmap);
  }
  prepareFolio(model, folio, Math.log2(frames));
  state.set(Frame.owner, folio, OWNER.file);
  state.set(Frame.refcount, folio, 1);
  const mapping = state.take('mapping', Mapping.used);
  state.set(Mapping.kind, mapping, fileKindNumber(kind));
  const mm = newMm(model);
  const vma = newVma(model, mm, { start: frames, end: 2 * frames, flags, ops: 0, mapping });
  return { model, mm, vma, folio, start: frames, pages: frames };
}

describe.each(['v6.17', 'v6.18', 'v7.2'])('a folio of a file in %s', (revision) => {
  it.each(['pmd', 'pud'] as const)('mapped by a %s is counted, and zapped (SPEC 3.14)', (level) => {
    const { model, mm, vma, folio, start, pages } = mapped(revision, level, 'fsdax');
    const { state } = model;
    const insert = level === 'pmd' ? vmfInsertFolioPmd : vmfInsertFolioPud;
    expect(quietly(model, () => insert(model, vma, start + 7, folio, true))).toBe(VM_FAULT.NOPAGE);
    const space = model.machine.space(level);
    const entry = entryAt(model, mm, start, level);
    expect([space.is.write(entry), space.is.special(entry)]).toEqual([true, false]);
    expect(state.get(Frame.refcount, folio)).toBe(2);
    expect(state.get(Frame.entireMapcount, folio)).toBe(1);
    expect(state.get(Mm.filePages, mm)).toBe(pages);
    quietly(model, () => zapVmaRange(model, vma, start, start + pages));
    expect(entryAt(model, mm, start, level)).toBe(NONE);
    expect(state.get(Frame.refcount, folio)).toBe(1);
    expect(state.get(Mm.filePages, mm)).toBe(0);
    expect(state.get(Global.nrFileMapped, 0)).toBe(0);
    quietly(model, () => exitMm(model, mm));
  });

  it.each(['pmd', 'pud'] as const)(
    'is dropped whole by a split of its %s (SPEC 18.4 P36)',
    (level) => {
      const { model, mm, vma, folio, start, pages } = mapped(revision, level, 'fsdax');
      const { state } = model;
      const insert = level === 'pmd' ? vmfInsertFolioPmd : vmfInsertFolioPud;
      quietly(model, () => insert(model, vma, start, folio, true));
      quietly(model, () => zapVmaRange(model, vma, start, start + 1));
      expect(entryAt(model, mm, start + pages - 1, level)).toBe(NONE);
      expect(state.get(Frame.refcount, folio)).toBe(1);
      expect(state.get(Mm.filePages, mm)).toBe(0);
      expect(state.get(Frame.flags, folio) & PAGE_FLAG.dirty).toBe(PAGE_FLAG.dirty);
    },
  );

  it('mapped by a PMD of a VM_MIXEDMAP VMA leaks until 6.18 (SPEC-7.2 10.10)', () => {
    const flags = SHARED | VM_MIXEDMAP;
    const { model, mm, vma, folio, start } = mapped(revision, 'pmd', 'file', flags);
    quietly(model, () => vmfInsertFolioPmd(model, vma, start, folio, true));
    const slot = slotAt(model, mm, start, 'pmd');
    expect(quietly(model, () => zapHugePmd(model, vma, start, slot))).toBe(1);
    const leaks = !model.has('zap-pmd-by-normal-page');
    expect(model.state.get(Frame.refcount, folio)).toBe(leaks ? 2 : 1);
    expect(model.state.get(Mm.filePages, mm)).toBe(leaks ? 512 : 0);
  });
});

describe.each(['v6.12', 'v6.18', 'v7.2'])('raw frames in %s', (revision) => {
  it.each(['pmd', 'pud'] as const)('mapped by a %s are special and counted nowhere', (level) => {
    const flags = SHARED | VM_PFNMAP;
    const { model, mm, vma, start, pages } = mapped(revision, level, 'device', flags);
    const before = model.state.copy();
    const insert = level === 'pmd' ? vmfInsertPfnPmd : vmfInsertPfnPud;
    expect(quietly(model, () => insert(model, vma, start, 2 ** 21, true))).toBe(VM_FAULT.NOPAGE);
    const space = model.machine.space(level);
    const entry = entryAt(model, mm, start, level);
    expect([space.is.special(entry), space.is.write(entry)]).toEqual([true, true]);
    for (const counter of [Mm.filePages, Mm.anonPages, Mm.shmemPages]) {
      expect(model.state.get(counter, mm)).toBe(before.get(counter, mm));
    }
    const split = level === 'pmd' ? splitHugePmd : splitHugePud;
    quietly(model, () => split(model, vma, start + pages - 1));
    expect(entryAt(model, mm, start, level)).toBe(NONE);
    quietly(model, () => exitMm(model, mm));
  });

  it('a PUD gets a protection, and no hints (SPEC 8.5)', () => {
    const flags = SHARED | VM_PFNMAP;
    const { model, mm, vma, start, pages } = mapped(revision, 'pud', 'device', flags);
    quietly(model, () => vmfInsertPfnPud(model, vma, start, 2 ** 21, true));
    expect(changeProtNuma(model, vma, start, start + pages)).toBe(0);
    const readable = model.machine.prots.id(
      model.machine.prots.word(pageProtOf(model, vma)) & ~0x2n,
    );
    expect(changeProtection(model, vma, start, start + pages, readable, 0)).toBe(pages);
    const entry = entryAt(model, mm, start, 'pud');
    expect([model.pud.is.write(entry), model.pud.is.special(entry)]).toEqual([false, true]);
  });

  it('fork write-protects a PUD of private memory alone (SPEC 10.8)', () => {
    const flags = SHARED | VM_PFNMAP;
    const { model, mm, vma, start, pages } = mapped(revision, 'pud', 'device', flags);
    quietly(model, () => vmfInsertPfnPud(model, vma, start, 2 ** 21, true));
    const childMm = newMm(model);
    const child = newVma(model, childMm, { start, end: start + pages, flags, ops: 0 });
    expect(quietly(model, () => copyHugePud(model, child, vma, start))).toBe(0);
    for (const each of [mm, childMm]) {
      expect(model.pud.is.write(entryAt(model, each, start, 'pud'))).toBe(true);
    }
    expect(model.pud.is.young(entryAt(model, childMm, start, 'pud'))).toBe(false);
  });
});

describe('mlock() of a PMD (SPEC 10.9)', () => {
  const VM_LOCKED = 0x2000n;

  it('keeps the folio of a file while the VMA is locked', () => {
    const { model, mm, vma, folio, start } = mapped('v6.18', 'pmd', 'file', SHARED | VM_LOCKED);
    quietly(model, () => vmfInsertFolioPmd(model, vma, start, folio, false));
    const slot = slotAt(model, mm, start, 'pmd');
    const isLocked = () => hasFlag(model, folio, PAGE_FLAG.mlocked);
    quietly(model, () => mlockPmd(model, vma, slot));
    expect(isLocked()).toBe(true);
    dropVmFlags(model, vma, 'VM_LOCKED');
    quietly(model, () => mlockPmd(model, vma, slot));
    expect(isLocked()).toBe(false);
  });

  it('leaves memory of devices alone', () => {
    const { model, mm, vma, folio, start } = mapped('v6.18', 'pmd', 'fsdax', SHARED | VM_LOCKED);
    quietly(model, () => vmfInsertFolioPmd(model, vma, start, folio, false));
    quietly(model, () => mlockPmd(model, vma, slotAt(model, mm, start, 'pmd')));
    expect(hasFlag(model, folio, PAGE_FLAG.mlocked)).toBe(false);
  });
});

describe('recorded huge entries catch a kernel with one change less or more', () => {
  it.each([
    ['insert_huge', 'v6.12', { undoes: ['huge-pfnmap'] }],
    ['insert_huge', 'v6.18', { undoes: ['fork-keeps-huge-zero', 'huge-zero-pmd-special'] }],
    ['insert_huge', 'v6.17', { undoes: ['huge-zero-overwrites'] }],
    ['insert_huge', 'rfc-2025-06/3', { undoes: ['compare-only-present'] }],
    ['fork_zap_huge', 'v6.18', { undoes: ['fork-keeps-huge-zero'] }],
    ['fork_zap_huge', 'v6.17', { undoes: ['zap-pmd-marks-accessed'] }],
    ['fork_zap_huge', 'v6.9', { changes: ['zap-pmd-dirties-folio'] }],
    ['zap_huge_pmd', 'v7.2', { undoes: ['zap-pmd-by-normal-page'] }],
    ['zap_huge_pmd', 'v7.2', { undoes: ['zap-pmd-dirties-folio'] }],
  ])('%s %s %o', (group, revision, changes) => {
    const comparer = decisionComparers.find((each) => each.group === group);
    const file = RECORDED.find((each) => each.group === group && each.revision === revision);
    if (comparer === undefined || file === undefined) throw new Error('no such file');
    const rows = sample(file.rows(), 60_000);
    const found = compareRows(comparer, rows, revisionWith(revision, changes));
    expect(found.mismatches.length).toBeGreaterThan(0);
  });
});
