import { describe, expect, it } from 'vitest';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { forkMm } from '../src/fork/fork.js';
import { folioMapcount, isAnonExclusive, refcount } from '../src/frames/folio.js';
import { FOLL } from '../src/gup/flags.js';
import { getUserPages } from '../src/gup/get-user-pages.js';
import { Mm, Model, newMapping, newMm, newVma, run } from '../src/index.js';
import { checkInvariants } from '../src/invariants/check.js';
import { entryAt, pagesOfLevel } from '../src/tables/tables.js';
import { exitMm } from '../src/vma/exit.js';
import { smaps } from '../src/walk/smaps.js';
import { machineOf } from './machines.js';
import { PRIVATE, quietly } from './processes.js';

const VM_HUGETLB = 0x400000n;

/** A process with one huge page's worth of private hugetlb memory. */
function hugetlb(revision: string, protection = PRIVATE) {
  const model = new Model(
    machineOf('x86', revision, {
      ramFrames: 2048,
      capacities: { table: 32, mapping: 1 },
      vmOps: [{ name: 'hugetlb' }],
    }),
  );
  const pages = pagesOfLevel(model, 'pmd');
  const start = 4 * pages;
  const mm = newMm(model);
  const mapping = newMapping(model, 'hugetlb', 0);
  const flags = protection | VM_HUGETLB;
  newVma(model, mm, { start, end: start + pages, flags, mapping, ops: 0 });
  const access = (of: number, flag: number) =>
    quietly(model, () => handleMmFault(model, model.state.ref(Mm.firstVma, of), start + 3, flag));
  const folioOf = (of: number) =>
    model.machine.memory.frame(model.pmd.pfn(entryAt(model, of, start, 'pmd')));
  return { model, mm, start, access, folioOf };
}

const REVISIONS = ['v5.18', 'rmap-log/7', 'rmap-log/10', 'v6.1', 'v6.12', 'v6.17', 'v7.2'];

describe.each(REVISIONS)('private memory of hugetlb on %s', (revision) => {
  it('a read maps a huge page read-only, a write makes it writable (SPEC 24.9)', () => {
    const { model, mm, start, access, folioOf } = hugetlb(revision);
    expect(access(mm, 0)).toBe(0);
    expect(model.pmd.is.write(entryAt(model, mm, start, 'pmd'))).toBe(false);
    const folio = folioOf(mm);
    expect(access(mm, FAULT_FLAG.WRITE)).toBe(0);
    expect(folioOf(mm)).toBe(folio);
    expect(model.pmd.is.write(entryAt(model, mm, start, 'pmd'))).toBe(true);
    expect(isAnonExclusive(model, folio)).toBe(model.has('anon-exclusive'));
    expect(smaps(model, model.state.ref(Mm.firstVma, mm)).rss).toBe(0);
    expect(checkInvariants(model)).toEqual([]);
    quietly(model, () => exitMm(model, mm));
    expect(refcount(model, folio)).toBe(0);
  });

  it('fork shares it, a write copies it while it is mapped twice, and reuses it then', () => {
    const { model, mm, access, folioOf } = hugetlb(revision);
    access(mm, FAULT_FLAG.WRITE);
    const folio = folioOf(mm);
    const child = quietly(model, () => forkMm(model, mm));
    expect([refcount(model, folio), folioMapcount(model, folio)]).toEqual([2, 2]);
    expect(isAnonExclusive(model, folio)).toBe(false);
    expect(model.state.get(Mm.writeProtectSeq, mm)).toBe(
      model.has('hugetlb-fork-in-sequence') ? 2 : 0,
    );
    access(mm, FAULT_FLAG.WRITE);
    expect(folioOf(mm)).not.toBe(folio);
    expect([refcount(model, folio), folioMapcount(model, folio)]).toEqual([1, 1]);
    access(child, FAULT_FLAG.WRITE);
    expect(folioOf(child)).toBe(folio);
    expect(checkInvariants(model)).toEqual([]);
  });

  it('fork copies what is pinned and, since there is the mark, exclusive (SPEC 24.4)', () => {
    const { model, mm, start, access, folioOf } = hugetlb(revision);
    access(mm, FAULT_FLAG.WRITE);
    const folio = folioOf(mm);
    const got = quietly(model, () => getUserPages(model, mm, start, 1, FOLL.PIN | FOLL.WRITE));
    expect(got).toBe(1);
    const child = quietly(model, () => forkMm(model, mm));
    expect(folioOf(child)).not.toBe(folio);
    expect(model.pmd.is.write(entryAt(model, child, start, 'pmd'))).toBe(true);
    expect(model.pmd.is.write(entryAt(model, mm, start, 'pmd'))).toBe(true);
    expect(checkInvariants(model)).toEqual([]);
  });
});

it('fork outside of its section is a bug from the second patch of RMAP-LOG on (SPEC 24.0 c2)', () => {
  const { model, mm, access } = hugetlb('rmap-log/2');
  access(mm, FAULT_FLAG.WRITE);
  expect(run(model, () => forkMm(model, mm)).bug).toBe('seq-even');
});

it.each([
  ['v5.18', true],
  ['v6.17', false],
] as const)(
  'a forced write in %s makes the entry writable: %s (SPEC 24.8)',
  (revision, writable) => {
    const { model, mm, start, folioOf } = hugetlb(revision, 0x71n);
    const flags = FOLL.GET | FOLL.WRITE | FOLL.FORCE;
    expect(quietly(model, () => getUserPages(model, mm, start, 1, flags))).toBe(1);
    const entry = entryAt(model, mm, start, 'pmd');
    expect([model.pmd.is.write(entry), model.pmd.is.dirty(entry)]).toEqual([writable, true]);
    expect(refcount(model, folioOf(mm))).toBe(2);
  },
);
