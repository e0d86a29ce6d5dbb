import { allocFolio } from '../frames/allocate.js';
import { refcount } from '../frames/folio.js';
import { type Entry, NONE } from '../machine/entries.js';
import { type Model, run } from '../model.js';
import { addNewAnonRmap } from '../rmap/anon-rmap.js';
import { anonVmaPrepare } from '../rmap/anon-vma.js';
import { Mm, SwapSlot } from '../state/columns.js';
import { swapSlotOf } from '../swap/swap-slots.js';
import { setEntry, slotMade } from '../tables/tables.js';
import { newMm, newVma } from '../vma/address-space.js';
import { exitMm } from '../vma/exit.js';
import { pageProtOf } from '../vma/vma.js';
import { type FlippedAt, SWAP_SLOTS, VPN } from './machine.js';

/**
 * What the frame or slot that a flip leads to is used for: by nobody's page tables (a free page, one
 * of the page cache or of the kernel), or as anonymous memory of another process.
 */
export const HIT_USES = ['unmapped', 'mapped'] as const;
/** What a flip leads to is used for. */
export type HitUse = (typeof HIT_USES)[number];

/** What is said when the process with the flipped entry exits, and after it the one that was hit. */
export const EXIT_WORDS = {
  entry: '"Bad page map" of the entry',
  mapcount: '"Bad page map" of the page, whose mapcount went below zero',
  later: 'the same, of the process that was hit, when it exits',
  swap: '"Bad swap file entry" or "Bad swap offset entry"',
  oops: 'the kernel follows a pointer to no struct page, or stops',
  warn: 'a warning of any kernel',
  'vm-warn': 'a warning of DEBUG_VM',
  rss: '"Bad rss-counter state"',
} as const;
/** Something that is said at exit. */
export type ExitWord = keyof typeof EXIT_WORDS;

/** What the exit brings. */
export interface AtExit {
  readonly says: readonly ExitWord[];
  /** The frame that the entry was made for was given back. */
  readonly freesOwn: boolean;
}

/** The entry leads to a frame that is not its own, or to a slot: what that is used for matters. */
export function hitsSomething({ pte, machine }: Model, at: FlippedAt, entry: Entry): boolean {
  if (!pte.is.present(entry)) return entry !== NONE && pte.absent(entry).what === 'swap';
  const frame = machine.memory.frame(pte.pfn(entry));
  return frame >= 0 && frame !== at.frame;
}

/** Exits the process of a flipped entry in a copy of the state. */
export function atExit(model: Model, at: FlippedAt, entry: Entry, use: HitUse): AtExit {
  const origin = model.state;
  model.state = origin.copy();
  const victim = occupyHit(model, at, entry, use);
  const words = new Set<ExitWord>();
  hear(model, at.mm, words, 'mapcount');
  const freesOwn = at.frame >= 0 && refcount(model, at.frame) <= 0;
  if (victim >= 0 && !words.has('oops')) hear(model, victim, words, 'later');
  model.state = origin;
  const says = (Object.keys(EXIT_WORDS) as ExitWord[]).filter((word) => words.has(word));
  return { says, freesOwn };
}

/** Exits a process and notes what is said meanwhile. */
function hear(model: Model, mm: number, words: Set<ExitWord>, underflow: ExitWord): void {
  const { events } = run(model, () => exitMm(model, mm));
  for (const event of events) {
    if (event.kind === 'bad-page-map') words.add(event.frame < 0 ? 'entry' : underflow);
    else if (event.kind === 'bug') words.add('oops');
    else if (event.kind === 'warn') words.add('warn');
    else if (event.kind === 'vm-warn') words.add('vm-warn');
    else if (event.id === 'bad-swap-entry') words.add('swap');
    else if (event.id === 'bad-rss-counter') words.add('rss');
  }
}

/** Gives the frame or slot that the entry leads to its use; the process that maps it, or -1. */
function occupyHit(model: Model, at: FlippedAt, entry: Entry, use: HitUse): number {
  const { pte, state, machine } = model;
  if (!hitsSomething(model, at, entry)) return -1;
  if (!pte.is.present(entry)) {
    if (use === 'unmapped') return -1;
    const slot = swapSlotOf(model, entry);
    if (slot >= 0 && slot < SWAP_SLOTS && state.get(SwapSlot.count, slot) === 0) {
      state.set(SwapSlot.count, slot, 1);
    }
    return -1;
  }
  const frame = machine.memory.frame(pte.pfn(entry));
  if (allocFolio(model, 0, frame) < 0) return -1;
  return use === 'mapped' ? mapElsewhere(model, frame) : -1;
}

/** Another process has the frame as anonymous memory. */
function mapElsewhere(model: Model, frame: number): number {
  const { pte, state, machine } = model;
  const mm = newMm(model);
  const vma = newVma(model, mm, { start: VPN, end: VPN + 1, flags: 0x33n });
  const slot = slotMade(model, mm, VPN, 'pte');
  anonVmaPrepare(model, vma);
  addNewAnonRmap(model, frame, vma, VPN);
  state.add(Mm.anonPages, mm, 1);
  setEntry(model, slot, pte.leaf(machine.memory.pfn(frame), pageProtOf(model, vma)));
  return mm;
}
