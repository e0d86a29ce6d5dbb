import type { Entry, EntrySpace } from '../machine/entries.js';
import type { Machine } from '../machine/machine.js';

/** What an entry says by itself, as bits. */
export const SAYS = {
  present: 1 << 0,
  write: 1 << 1,
  special: 1 << 2,
  devmap: 1 << 3,
  /** Maps one of the shared zeropages, or the huge zero folio from its first page on. */
  zero: 1 << 4,
  hugeZero: 1 << 5,
  /** Above highest_memmap_pfn. */
  beyond: 1 << 6,
  swap: 1 << 7,
  migration: 1 << 8,
  devicePrivate: 1 << 9,
  deviceExclusive: 1 << 10,
  guard: 1 << 11,
  /** Present, and a swap entry to whoever does not look. */
  confused: 1 << 12,
} as const;

/**
 * The same questions asked of each entry of a level once: numbers by the entry's number, so that
 * looking at a whole state costs a look-up an entry.
 */
export class EntryFacts {
  private readonly known: number[] = [];
  private readonly frames: number[] = [];

  constructor(
    private readonly machine: Machine,
    private readonly space: EntrySpace,
  ) {}

  /** `SAYS` bits. */
  says(entry: Entry): number {
    return this.known[entry] ?? this.learn(entry);
  }

  /** Frame that the entry holds, whatever for; -1 for none. `says` must have been asked. */
  frame(entry: Entry): number {
    return this.frames[entry] as number;
  }

  private learn(entry: Entry): number {
    while (this.known.length <= entry) this.learnOne(this.known.length as Entry);
    return this.known[entry] as number;
  }

  private learnOne(entry: Entry): void {
    const { is } = this.space;
    const says = entry !== 0 && is.present(entry) ? this.leaf(entry) : this.absent(entry);
    this.known[entry] = says;
    this.frames[entry] ??= -1;
  }

  private leaf(entry: Entry): number {
    const { memory, zeroFrames, hugeZeroFrame } = this.machine;
    const { is } = this.space;
    const pfn = this.space.pfn(entry);
    const frame = memory.frame(pfn);
    this.frames[entry] = frame;
    let says: number = SAYS.present;
    if (this.space.kind(entry) === 'absent') says |= SAYS.confused;
    if (is.write(entry)) says |= SAYS.write;
    if (is.special(entry)) says |= SAYS.special;
    if (is.devmap(entry)) says |= SAYS.devmap;
    if (pfn > memory.highest) says |= SAYS.beyond;
    if (zeroFrames.includes(frame)) says |= SAYS.zero;
    if (this.space.level !== 'pte' && frame >= 0 && frame === hugeZeroFrame) says |= SAYS.hugeZero;
    return says;
  }

  private absent(entry: Entry): number {
    if (entry === 0 || this.space.kind(entry) !== 'absent') return 0;
    const { what, pfn, markers } = this.space.absent(entry);
    if (pfn !== undefined) this.frames[entry] = this.machine.memory.frame(Number(pfn));
    if (what === 'swap') return SAYS.swap;
    if (what.startsWith('migration')) return SAYS.migration;
    if (what.startsWith('device-private')) return SAYS.devicePrivate;
    if (what.startsWith('device-exclusive')) return SAYS.deviceExclusive;
    return markers?.includes('PTE_MARKER_GUARD') === true ? SAYS.guard : 0;
  }
}
