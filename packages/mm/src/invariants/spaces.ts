import { MM_FLAG } from '../frames/page-flags.js';
import { isPersistent } from '../huge/huge-zero.js';
import type { Column } from '../state/columns.js';
import { Global, Mm, Table, Vma } from '../state/columns.js';
import { vmFlagsOf } from '../vma/vma.js';
import { type Census, MM_COUNT } from './census.js';
import { nextUsed } from './next-used.js';

/** I13, I14, I29, I30: counters of address spaces, and the references of the huge zero folio. */
export function checkSpaces(census: Census): void {
  const { state } = census.model;
  const { mm: count } = state.layout.capacities;
  let withHugeZero = 0;
  for (let mm = nextUsed(state, Mm.used, 0, count); mm >= 0; ) {
    checkCounter(census, 'I13', 'MM_FILEPAGES', Mm.filePages, mm, MM_COUNT.file);
    checkCounter(census, 'I13', 'MM_ANONPAGES', Mm.anonPages, mm, MM_COUNT.anon);
    checkCounter(census, 'I13', 'MM_SHMEMPAGES', Mm.shmemPages, mm, MM_COUNT.shmem);
    checkCounter(census, 'I14', 'MM_SWAPENTS', Mm.swapEntries, mm, MM_COUNT.swap);
    const tables = census.counted(mm, MM_COUNT.pteTables) + census.counted(mm, MM_COUNT.deposits);
    census.expect('I30', 'nr_ptes is not tables and deposits', Mm.nrPtes, mm, tables);
    if ((state.get(Mm.flags, mm) & MM_FLAG.hugeZeroFolio) !== 0) withHugeZero++;
    mm = nextUsed(state, Mm.used, mm + 1, count);
  }
  const made = state.ref(Global.hugeZero, 0) >= 0;
  // One that is made for good is counted by nobody.
  const expected = made && !isPersistent(census.model) ? withHugeZero + 1 : withHugeZero;
  census.expect(
    'I29',
    'huge_zero_refcount is not one and who holds it',
    Global.hugeZeroRefs,
    0,
    expected,
  );
  checkDeposits(census);
}

function checkCounter(
  census: Census,
  id: string,
  name: string,
  field: Column,
  mm: number,
  of: number,
): void {
  const found = census.model.state.get(field, mm);
  const expected = census.counted(mm, of);
  if (found === expected) return;
  census.wrong(id, `${name} is not what entries add up to`, { mm, found, expected });
}

/** I30: each PMD leaf of an anonymous VMA has a table put aside for when it is split. */
function checkDeposits(census: Census): void {
  const { state, machine } = census.model;
  const { table: count } = state.layout.capacities;
  if (!census.anyPmdLeaf && !census.anyDeposit) return;
  const forFiles = machine.form.definition.supports.pgtableDeposit;
  for (let table = state.next(Table.used, 0, count); table >= 0; ) {
    const found = state.get(Table.deposits, table);
    const expected = census.pmdLeavesOfTable[table] as number;
    // Where files deposit as well, which of their leaves did is not known here.
    if (forFiles ? found < expected : found !== expected) {
      census.wrong('I30', 'deposited tables are not those of huge leaves', {
        table,
        found,
        expected,
      });
    }
    table = state.next(Table.used, table + 1, count);
  }
}

/** I15: a VMA is of raw frames, or mixes them with pages, never both. */
export function checkVmas(census: Census): void {
  const { model } = census;
  const { state } = model;
  const { vma: count } = state.layout.capacities;
  for (let vma = nextUsed(state, Vma.used, 0, count); vma >= 0; ) {
    const flags = vmFlagsOf(model, vma);
    if (flags.VM_PFNMAP && flags.VM_MIXEDMAP) {
      census.wrong('I15', 'VM_PFNMAP and VM_MIXEDMAP together', { vma });
    }
    vma = nextUsed(state, Vma.used, vma + 1, count);
  }
}

/** I36: who reported a bad page map is tainted. */
export function checkReports(census: Census): void {
  const { model } = census;
  if (model.events.length === 0 || model.state.get(Global.tainted, 0) !== 0) return;
  for (let i = 0; i < model.events.length; i++) {
    if (model.events[i]?.kind !== 'bad-page-map') continue;
    census.wrong('I36', 'a bad page map was reported and the kernel is not tainted', { event: i });
  }
}
