/**
 * Answers in the words of the recorded decisions: result, entry, what changed, events; in the order
 * of their README. `answerOf` puts the parts together, `change*` write single parts.
 */
import { ERRNO, VM_FAULT } from '../errno.js';
import { folioOf } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import type { Entry } from '../machine/entries.js';
import { type Model, run } from '../model.js';
import type { Column } from '../state/columns.js';
import { Frame, Global, Mm, Slot, Table } from '../state/columns.js';
import type { State } from '../state/state.js';
import { tableHolding } from '../tables/tables.js';
import { LEAF_PAGES, syntheticMask } from './synthetic-form.js';
import type { World } from './world.js';

const ERRNO_NAMES = new Map<number, string>(
  Object.entries(ERRNO).map(([name, number]) => [number, name]),
);

/** `EBUSY` for an errno, the number itself otherwise. */
export const errnoWord = (value: number): string => ERRNO_NAMES.get(value) ?? String(value);

/** `NOPAGE`, `SIGBUS`, `OOM`, ...; `0` for none. */
export function faultWord(value: number): string {
  if (value === VM_FAULT.NOPAGE) return 'NOPAGE';
  if (value === VM_FAULT.SIGBUS) return 'SIGBUS';
  const names = Object.entries(VM_FAULT).filter(([, bit]) => (value & bit) !== 0);
  return names.map(([name]) => name).join('|') || '0';
}

const LETTERS = [
  ['PRESENT', 'P'],
  ['WRITE', 'W'],
  ['DIRTY', 'D'],
  ['YOUNG', 'Y'],
  ['SPECIAL', 'S'],
  ['DEVMAP', 'M'],
] as const;

const letters = new WeakMap<Model['machine'], Map<number, string>>();

/** Letters of the bits that are set: `PWDY`. */
export function entryLetters({ machine }: Model, level: World['level'], entry: Entry): string {
  let known = letters.get(machine);
  if (known === undefined) {
    known = new Map();
    letters.set(machine, known);
  }
  const key = entry * 4 + LEVEL_NUMBER[level];
  let text = known.get(key);
  if (text === undefined) {
    const word = machine.space(level).word(entry);
    text = LETTERS.filter(([name]) => (word & syntheticMask(name)) !== 0n)
      .map(([, letter]) => letter)
      .join('');
    known.set(key, text);
  }
  return text;
}
const LEVEL_NUMBER = { pte: 0, pmd: 1, pud: 2 } as const;

/** The entry afterwards: `=`, or letters with `:new` for the inserted pfn and `!SWAPBITS`. */
export function entryWord(world: World, slot: number, pfn: number): string {
  const { model, level, before } = world;
  const entry = model.state.get(Slot.entry, slot) as Entry;
  if (entry === before.get(Slot.entry, slot)) return '=';
  const space = model.machine.space(level);
  const now = entryLetters(model, level, entry) + (space.pfn(entry) === pfn ? ':new' : '');
  return space.is.present(entry) || entry === 0 ? now : `${now}!SWAPBITS`;
}

/** What a change is called, where it stands, and whether it counts pages of a leaf. */
interface Delta {
  readonly name: string;
  readonly of: (world: World, state: State, page: number, slot: number) => number;
  readonly pages?: true;
  /** What is written for a decrease, instead of name and number. */
  readonly lost?: string;
}

const folioField =
  (column: Column): Delta['of'] =>
  (world, state, page) =>
    page < 0 ? 0 : state.get(column, folioOf(world.model, page));
const global =
  (column: Column): Delta['of'] =>
  (_, state) =>
    state.get(column, 0);
const ofMm =
  (column: Column): Delta['of'] =>
  (world, state) =>
    state.get(column, world.mm);

/** Changes in the order in which answers list them. */
const DELTAS: readonly Delta[] = [
  { name: 'ref', of: folioField(Frame.refcount) },
  { name: 'map', of: (_, state, page) => (page < 0 ? 0 : state.get(Frame.mapcount, page)) },
  { name: 'entire', of: folioField(Frame.entireMapcount) },
  { name: 'large', of: folioField(Frame.largeMapcount) },
  { name: 'nrpm', of: folioField(Frame.pagesMapped) },
  {
    name: 'exclusive',
    of: (_, state, page) =>
      page < 0 ? 0 : Math.sign(state.get(Frame.flags, page) & PAGE_FLAG.anonExclusive),
    lost: 'excl0',
  },
  { name: 'FILE', of: ofMm(Mm.filePages), pages: true },
  { name: 'SHMEM', of: ofMm(Mm.shmemPages), pages: true },
  { name: 'ANON', of: ofMm(Mm.anonPages), pages: true },
  { name: 'NR_FILE_MAPPED', of: global(Global.nrFileMapped), pages: true },
  { name: 'NR_ANON_MAPPED', of: global(Global.nrAnonMapped), pages: true },
  { name: 'NR_FILE_PMDMAPPED', of: global(Global.nrFileThps), pages: true },
  { name: 'NR_SHMEM_PMDMAPPED', of: global(Global.nrShmemThps), pages: true },
  { name: 'NR_ANON_THPS', of: global(Global.nrAnonThps), pages: true },
  {
    name: 'deposit',
    of: (w, state, _, slot) => state.get(Table.deposits, tableHolding(w.model, slot)),
  },
  { name: 'nr_ptes', of: ofMm(Mm.nrPtes) },
];
/** Name of a change that answers may list. */
export type DeltaName = string;

/** Which changes the answers of a group list. */
export const deltasOf = (...names: readonly DeltaName[]): readonly Delta[] =>
  DELTAS.filter(({ name }) => names.includes(name));

/** Non-zero changes since the kept state, each with a blank before it: ` ref+1 map+1`. */
export function changes(
  world: World,
  deltas: readonly Delta[],
  page: number,
  slot: number,
): string {
  const { model, before, level } = world;
  let text = '';
  for (const { name, of, pages, lost } of deltas) {
    if (name === 'large' && !model.has('large-mapcount')) continue;
    const by = of(world, model.state, page, slot) - of(world, before, page, slot);
    if (by === 0) continue;
    if (lost !== undefined && by < 0) {
      text += ` ${lost}`;
      continue;
    }
    const sign = by > 0 ? '+' : '-';
    const size = Math.abs(by);
    const leaf = pages && level !== 'pte' && size === LEAF_PAGES[level];
    text += ` ${name}${sign}${leaf ? LEAF_NAMES[level] : size}`;
  }
  return text;
}
const LEAF_NAMES = { pte: '1', pmd: 'HPN', pud: 'PUN' } as const;

/** Events that answers list as `EV:`; the others leave no trace in them. */
const RECORDED_NOTES = new Set(['defer-split', 'split', 'mark-dirty', 'mark-accessed']);

/** Events in order, each with a blank before it: ` W:pfn-mismatch`. */
export function eventWords({ events }: Model): string {
  let text = '';
  for (const event of events) {
    if (event.kind === 'bad-page-map') text += ` B:${event.level}`;
    else if (event.kind === 'vm-warn') text += ` W:${event.id}`;
    else if (event.kind === 'warn') text += ` WARN:${event.id}`;
    else if (event.kind === 'bug') text += ` BUG:${event.id}`;
    else if (RECORDED_NOTES.has(event.id)) text += ` EV:${event.id}`;
  }
  return text;
}

/**
 * Runs an operation and writes its answer: `x` and the events where it ended in a BUG, otherwise
 * what `describe` makes of its value, and the events.
 */
export function answered(
  world: World,
  operation: () => number,
  describe: (value: number) => string,
): string {
  const { model } = world;
  const outcome = run(model, operation);
  const events = eventWords(model);
  return outcome.bug === undefined ? describe(outcome.value) + events : `x${events}`;
}
