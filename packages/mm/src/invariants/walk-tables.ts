import type { MappingLevel } from '@pagewright/core';
import type { Entry } from '../machine/entries.js';
import { Mm, Slot, Table, Vma } from '../state/columns.js';
import { CHUNK_WORDS } from '../state/cow-words.js';
import { tableIn } from '../tables/tables.js';
import { hasVmFlag, isCow } from '../vma/vma.js';
import { type Census, MM_COUNT, type SeenEntry } from './census.js';
import { seeEntry } from './entries.js';

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
  for (let mm = state.next(Mm.used, 0, count); mm >= 0; mm = state.next(Mm.used, mm + 1, count)) {
    const root = state.ref(Mm.root, mm);
    if (root < 0) continue;
    seen.mm = mm;
    enter(census, state.ref(Mm.firstVma, mm));
    walkTable(census, root, census.model.machine.levels.length - 1, 0);
  }
}

function walkTable(census: Census, table: number, number: number, base: number): void {
  const { state, machine } = census.model;
  const { pages, entries, level } = machine.levels[number] as (typeof machine.levels)[number];
  const facts = census.facts[number];
  if (number === 0) census.count(seen.mm, MM_COUNT.pteTables, 1);
  const deposits = state.get(Table.deposits, table);
  if (deposits !== 0) census.count(seen.mm, MM_COUNT.deposits, deposits);
  const first = table * machine.tableStride;
  for (let from = 0; from < entries; from += CHUNK_WORDS) {
    const words = state.chunk(Slot.entry, first + from);
    if (words === undefined) continue;
    const end = Math.min(entries - from, CHUNK_WORDS);
    for (let i = 0; i < end; i++) {
      const word = words[i] as number;
      if (word === 0) {
        // Most of a table is empty: four places at once.
        if ((i & 3) === 0 && words[i + 1] === 0 && words[i + 2] === 0 && words[i + 3] === 0) i += 3;
        continue;
      }
      const vpn = base + (from + i) * pages;
      if (word < 0) walkTable(census, tableIn(census.model, first + from + i), number - 1, vpn);
      else if (facts !== undefined) {
        const entry = word as Entry;
        seen.says = facts.says(entry);
        seen.frame = facts.frame(entry);
        seen.vpn = vpn;
        seen.number = number;
        seen.level = level as MappingLevel;
        seen.table = table;
        seen.entry = entry;
        while (seen.vma >= 0 && seen.vmaEnd <= vpn) enter(census, state.ref(Vma.next, seen.vma));
        seeEntry(census, seen);
      }
    }
  }
}

/** What is asked of a VMA for each entry in it. */
function enter({ model, hasSpecial }: Census, vma: number): void {
  seen.vma = vma;
  if (vma < 0) return;
  const { state } = model;
  seen.vmaStart = state.get(Vma.start, vma);
  seen.vmaEnd = state.get(Vma.end, vma);
  seen.vmaShift = state.get(Vma.pgoff, vma) - seen.vmaStart;
  seen.anonVma = 0;
  seen.hasFile = state.get(Vma.mapping, vma) !== 0;
  seen.cowPfnmap = hasVmFlag(model, vma, 'VM_PFNMAP') && isCow(model, vma);
  seen.plainMemory = hasSpecial[0] === true && !seen.hasFile && !seen.cowPfnmap;
}
