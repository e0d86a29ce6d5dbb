import { decodeEntry } from '../form/decode.js';
import type { DecodedEntry } from '../form/decoded.js';
import type { EntryForm } from '../form/form.js';
import type { Level } from '../form/level.js';
import { ok, type Problem, type Result } from '../outcome.js';
import { type Bits, type Pfn, type PhysAddr, pfn, physAddr, type VirtAddr } from '../units.js';
import { checkedAddress, indexOf, tableLevels } from './address.js';
import type { PhysicalMemory } from './memory.js';
import { readEntry, tableLoop } from './table.js';

/** One table that the walk looked into. */
export interface WalkStep {
  readonly level: Level;
  /** Physical address of the table. */
  readonly table: PhysAddr;
  /** Which of its entries was looked at. */
  readonly index: number;
  /** Physical address of the entry itself. */
  readonly entryAddress: PhysAddr;
  /** The entry as stored. */
  readonly raw: Bits;
  /** What it is. */
  readonly decoded: DecodedEntry;
}

/** How a walk ended: at a leaf, at something else, or where memory could not be read. */
export type WalkEnd =
  | {
      readonly kind: 'mapped';
      readonly level: Level;
      readonly pfn: Pfn;
      readonly physical: PhysAddr;
    }
  | { readonly kind: 'not-mapped'; readonly level: Level }
  | { readonly kind: 'unreadable'; readonly problem: Problem };

/** Every step of translating one address. */
export interface Walk {
  /** The address that was translated. */
  readonly address: VirtAddr;
  /** From the root down. */
  readonly steps: readonly WalkStep[];
  readonly end: WalkEnd;
}

/**
 * Translates one address from the root table, showing each step. A table that is reached again from
 * itself ends the walk unreadable (`table-loop`): user tables never are. Code `address-outside-form` for addresses that
 * the form does not translate.
 */
export function walk(
  form: EntryForm,
  memory: PhysicalMemory,
  root: PhysAddr,
  address: bigint,
): Result<Walk> {
  const checked = checkedAddress(form, address);
  if (!checked.ok) return checked;
  const steps: WalkStep[] = [];
  const done = (end: WalkEnd) => ok({ address: checked.value, steps, end });
  let table = root;
  for (const geometry of tableLevels(form)) {
    const { level } = geometry;
    const index = indexOf(geometry, address);
    if (steps.some((step) => step.table === table)) {
      return done({ kind: 'unreadable', problem: tableLoop(level, table) });
    }
    const raw = readEntry(form, memory, geometry, table, index);
    if (!raw.ok) return done({ kind: 'unreadable', problem: raw.problem });
    const decoded = decodeEntry(form, level, raw.value);
    const entryAddress = physAddr(table + BigInt(index * (form.definition.wordBits / 8)));
    steps.push({ level, table, index, entryAddress, raw: raw.value, decoded });
    if (decoded.kind === 'leaf') {
      const offset = address & ((1n << BigInt(geometry.shift)) - 1n);
      const physical = physAddr(BigInt.asUintN(64, decoded.physical + offset));
      const frame = pfn(physical >> BigInt(form.definition.pageShift));
      return done({ kind: 'mapped', level, pfn: frame, physical });
    }
    if (decoded.kind !== 'table') return done({ kind: 'not-mapped', level });
    table = decoded.next;
  }
  throw new Error(`${form.name}: the last level answered a pointer to a table`);
}
