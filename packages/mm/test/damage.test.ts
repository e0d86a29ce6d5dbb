import { describe, expect, it } from 'vitest';
import { corrupt, freeTableInUse } from '../src/damage.js';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { forkMm } from '../src/fork/fork.js';
import { Frame, Mm, Model, newMm, newVma, run } from '../src/index.js';
import { mprotect } from '../src/mprotect/mprotect.js';
import { pointerWord, tableOfWord } from '../src/tables/pointer-word.js';
import { entryAt, isTable, slotAt, tableIn } from '../src/tables/tables.js';
import { exitMm } from '../src/vma/exit.js';
import { munmap } from '../src/vma/munmap.js';
import { ARCHITECTURES, machineOf } from './machines.js';

const VPN = 0x1000;
const RIGHTS = 0x1n | 0x2n | 0x10n | 0x20n;
const SPECIAL = 1n << 9n;

function written(arch: string, revision: string) {
  const model = new Model(machineOf(arch, revision));
  const mm = newMm(model);
  const vma = newVma(model, mm, { start: VPN, end: VPN + 4, flags: RIGHTS });
  for (let i = 0; i < 2; i++) handleMmFault(model, vma, VPN + i, FAULT_FLAG.WRITE);
  const frame = model.machine.memory.frame(model.pte.pfn(entryAt(model, mm, VPN, 'pte')));
  return { model, mm, vma, frame };
}

const said = (model: Model, operation: () => unknown) => {
  const outcome = run(model, operation);
  const ids = outcome.events.map((event) => ('id' in event ? event.id : event.kind));
  return outcome.bug === undefined ? ids : [...ids, 'BUG'];
};

describe('a special bit on an anonymous page (SPEC 15.10)', () => {
  it.each(['v6.1', 'v6.9', 'v6.12', 'v6.17', 'v6.18', 'v7.2'])(
    'is reported by %s, and the page is lost',
    (revision) => {
      const { model, mm, frame } = written('x86', revision);
      expect(corrupt(model, mm, VPN, 'pte', SPECIAL)).toBe(0);
      expect(said(model, () => munmap(model, mm, VPN, 4))).toEqual(['bad-page-map']);
      expect(model.state.get(Frame.refcount, frame)).toBe(1);
      expect(model.state.get(Mm.anonPages, mm)).toBe(1);
      expect(said(model, () => exitMm(model, mm))).toEqual(['bad-rss-counter']);
    },
  );

  it('is seen by mprotect from 6.17 on, and by fork everywhere', () => {
    for (const [revision, seen] of [
      ['v6.12', []],
      ['v6.17', ['bad-page-map']],
    ] as const) {
      const { model, mm } = written('x86', revision);
      corrupt(model, mm, VPN, 'pte', SPECIAL);
      expect(said(model, () => mprotect(model, mm, VPN, 1, 1n))).toEqual(seen);
      expect(said(model, () => forkMm(model, mm))).toEqual(['bad-page-map']);
    }
  });
});

describe.each(ARCHITECTURES)('a pointer to a leaf table on %s', (arch) => {
  it('is a word that points where it did', () => {
    const { model, mm } = written(arch, 'v6.18');
    const { machine } = model;
    for (const [number, { level }] of machine.levels.entries()) {
      if (number === 0) continue;
      const slot = slotAt(model, mm, VPN, level);
      expect(isTable(model, slot)).toBe(true);
      const table = tableIn(model, slot);
      expect(tableOfWord(machine, number, pointerWord(machine, number, table))).toBe(table);
    }
  });

  it('flipped twice is as it was', () => {
    const { model, mm } = written(arch, 'v6.18');
    const before = model.state.copy();
    corrupt(model, mm, VPN, 'pte', 0x5n);
    corrupt(model, mm, VPN, 'pte', 0x5n);
    before.forEachSet((column, record, value) => {
      expect(model.state.get(column, record)).toBe(value);
    });
  });

  it('says what is not there', () => {
    const { model, mm } = written(arch, 'v6.18');
    expect(corrupt(model, mm, VPN + 2 ** 20, 'pte', 1n)).toBe(-2);
    expect(freeTableInUse(model, mm, VPN + 2 ** 20, 'pte')).toBe(-2);
  });
});

describe('a PMD that became garbage', () => {
  it.each(['v6.1', 'v6.12', 'v7.2'])(
    'is cleared by munmap in %s; what it mapped is lost',
    (revision) => {
      const { model, mm, frame } = written('x86', revision);
      // Without _PAGE_DIRTY and _PAGE_RW it is no pointer of the kernel's.
      expect(corrupt(model, mm, VPN, 'pmd', 0x42n)).toBe(0);
      expect(said(model, () => munmap(model, mm, VPN, 4))).toEqual(['bad-pmd']);
      expect(model.state.get(Frame.mapcount, frame)).toBe(1);
      expect(said(model, () => exitMm(model, mm))).toEqual([
        'bad-rss-counter',
        'non-zero-pgtables',
      ]);
    },
  );

  it('that points elsewhere ends the kernel', () => {
    const { model, mm } = written('x86', 'v6.18');
    corrupt(model, mm, VPN, 'pmd', 1n << 40n);
    expect(said(model, () => munmap(model, mm, VPN, 4))).toEqual(['wild-table', 'BUG']);
  });

  it('that points to another table of the machine shows what that one maps', () => {
    const { model, mm } = written('x86', 'v6.18');
    const span = model.machine.levels[1]?.pages as number;
    const far = newVma(model, mm, { start: VPN + span, end: VPN + span + 4, flags: RIGHTS });
    handleMmFault(model, far, VPN + span + 1, FAULT_FLAG.WRITE);
    const tables = [VPN, VPN + span].map((vpn) => tableIn(model, slotAt(model, mm, vpn, 'pmd')));
    const words = tables.map((table) => pointerWord(model.machine, 1, table));
    corrupt(model, mm, VPN, 'pmd', (words[0] as bigint) ^ (words[1] as bigint));
    expect(entryAt(model, mm, VPN, 'pte')).toBe(0);
    expect(entryAt(model, mm, VPN + 1, 'pte')).toBe(entryAt(model, mm, VPN + span + 1, 'pte'));
  });
});

describe('a leaf table that is freed while it is in use', () => {
  it('serves until somebody else takes it, who then shares it', () => {
    const { model, mm } = written('x86', 'v6.18');
    const entry = entryAt(model, mm, VPN, 'pte');
    expect(freeTableInUse(model, mm, VPN, 'pte')).toBe(0);
    expect(entryAt(model, mm, VPN, 'pte')).toBe(entry);
    const other = newMm(model);
    const vma = newVma(model, other, { start: VPN, end: VPN + 4, flags: RIGHTS });
    handleMmFault(model, vma, VPN + 3, FAULT_FLAG.WRITE);
    // Tables are taken in order: the freed one is the first that is free.
    const levels = model.machine.levels.map(({ level }) => slotAt(model, other, VPN, level));
    expect(levels.slice(1).map((slot) => tableIn(model, slot))).not.toContain(-1);
    expect(entryAt(model, mm, VPN, 'pte')).toBe(0);
  });

  it('is a bad page when its address space ends', () => {
    const { model, mm } = written('x86', 'v6.18');
    freeTableInUse(model, mm, VPN, 'pte');
    expect(said(model, () => exitMm(model, mm))).toEqual(['bad-page-state']);
  });
});
