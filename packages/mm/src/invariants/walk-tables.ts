import type { MappingLevel } from '@pagewright/core';
import type { Entry } from '../machine/entries.js';
import { Mm, Slot, Table, Vma } from '../state/columns.js';
import { CHUNK_WORDS } from '../state/cow-words.js';
import { tableOf } from '../tables/tables.js';
import { vmFlagsOf } from '../vma/vma.js';
import { type Census, MM_COUNT, type SeenEntry } from './census.js';
import { seeEntry } from './entries.js';
import { nextUsed } from './next-used.js';

/** The one entry that is looked at; every field is set before it is. */
const seen: SeenEntry = {
  mm: 0,
  vma: -1,
  vmaStart: 0,
  vmaEnd: 0,
  vmaShift: 0,
  hasFile: false,
  anonVma: 0,
  cowPfnmap: false,
  plainMemory: false,
  vpn: 0,
  number: 0,
  level: 'pte',
  table: 0,
  entry: 0 as Entry,
  says: 0,
  frame: -1,
};

/** Looks at every entry of every address space, in order of addresses. */
export function walkTables(census: Census): void {
  const { state } = census.model;
  const { mm: count } = state.layout.capacities;
  for (let mm = nextUsed(state, Mm.used, 0, count); mm >= 0; ) {
    const root = state.ref(Mm.root, mm);
    if (root >= 0) {
      seen.mm = mm;
      enter(census, state.ref(Mm.firstVma, mm));
      walkTable(census, root, census.model.machine.levels.length - 1, 0);
    }
    mm = nextUsed(state, Mm.used, mm + 1, count);
  }
}

function walkTable(census: Census, table: number, number: number, base: number): void {
  const { model } = census;
  const { state, machine } = model;
  const { pages, entries } = machine.levels[number] as (typeof machine.levels)[number];
  if (number === 0) census.count(seen.mm, MM_COUNT.pteTables, 1);
  if (census.anyDeposit) {
    census.count(seen.mm, MM_COUNT.deposits, state.get(Table.deposits, table));
  }
  const first = table * machine.tableStride;
  const end = first + entries;
  for (let slot = state.next(Slot.entry, first, end); slot >= 0; ) {
    const word = state.get(Slot.entry, slot);
    const vpn = base + (slot - first) * pages;
    if (word < 0) walkTable(census, tableOf(word), number - 1, vpn);
    else slot += seeRun(census, table, number, slot, end, vpn) - 1;
    slot = state.next(Slot.entry, slot + 1, end);
  }
}

/** Looks at an entry and those that follow it in its chunk without a gap; answers how many. */
function seeRun(
  census: Census,
  table: number,
  number: number,
  slot: number,
  end: number,
  vpn: number,
): number {
  const facts = census.facts[number];
  if (facts === undefined) return 1;
  const { state, machine } = census.model;
  const { pages, level } = machine.levels[number] as (typeof machine.levels)[number];
  seen.number = number;
  seen.level = level as MappingLevel;
  seen.table = table;
  seen.vpn = vpn;
  const first = slot % CHUNK_WORDS;
  const words = state.chunk(Slot.entry, slot - first) as Readonly<Float64Array>;
  const stop = Math.min(CHUNK_WORDS, end - slot + first);
  let at = first;
  for (; at < stop && (words[at] as number) > 0; at++) {
    const entry = words[at] as Entry;
    seen.entry = entry;
    seen.says = facts.says(entry);
    seen.frame = facts.frame(entry);
    while (seen.vma >= 0 && seen.vmaEnd <= seen.vpn) enter(census, state.ref(Vma.next, seen.vma));
    seeEntry(census, seen);
    seen.vpn += pages;
  }
  return at - first;
}

/** What is asked of a VMA for each entry in it. */
function enter({ model, hasSpecial }: Census, vma: number): void {
  seen.vma = vma;
  if (vma < 0) return;
  const { state } = model;
  const flags = vmFlagsOf(model, vma);
  seen.vmaStart = state.get(Vma.start, vma);
  seen.vmaEnd = state.get(Vma.end, vma);
  seen.vmaShift = state.get(Vma.pgoff, vma) - seen.vmaStart;
  seen.anonVma = 0;
  seen.hasFile = state.get(Vma.mapping, vma) !== 0;
  seen.cowPfnmap = flags.VM_PFNMAP && flags.isCow;
  seen.plainMemory = hasSpecial[0] === true && !seen.hasFile && !seen.cowPfnmap;
}
