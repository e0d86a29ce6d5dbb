import { folioOf, folioPages } from '../frames/folio.js';
import type { Entry, EntrySpace } from '../machine/entries.js';
import type { Model } from '../model.js';
import type { HugeLevel } from './insert-leaf.js';

/** Kinds of entry that stand for a whole folio while no PMD maps it. */
const MIGRATIONS = ['migration-read', 'migration-read-exclusive', 'migration-write'] as const;
const DEVICE_PRIVATES = ['device-private-read', 'device-private-write'] as const;

/** Whether a PMD that is not present is a migration entry, or memory of a device, or neither. */
export function absentPmdKind({ pmd }: Model, entry: Entry): 'migration' | 'device' | 'other' {
  const { what } = pmd.absent(entry);
  if ((MIGRATIONS as readonly string[]).includes(what)) return 'migration';
  return (DEVICE_PRIVATES as readonly string[]).includes(what) ? 'device' : 'other';
}

/** Frame that a migration or device-private PMD names. */
export function frameOfAbsentPmd(model: Model, entry: Entry): number {
  const frame = model.machine.memory.frame(Number(model.pmd.absent(entry).pfn));
  if (frame < 0) model.bug('wild-page');
  return frame;
}

/** pmd_page(), pud_page() of a leaf: a frame, or -1 where there is no struct page. */
export const frameOfLeaf = ({ machine }: Model, space: EntrySpace, entry: Entry): number =>
  machine.memory.frame(space.pfn(entry));

/** pmd_trans_huge(): a present leaf; one of device memory was no such thing while it had a bit. */
export const isTransHuge = ({ is }: EntrySpace, entry: Entry): boolean =>
  is.present(entry) && !is.devmap(entry);

/**
 * What a huge entry maps is taken for the head of a folio: whatever lies where there is no struct page
 * is none, and neither is a page by itself.
 */
export function mustBeHead(model: Model, frame: number): void {
  const head = frame >= 0 && folioOf(model, frame) === frame && folioPages(model, frame) > 1;
  if (!head) model.vmBug('not-head');
  if (frame < 0) model.bug('wild-page');
}

/** The space of entries of the level that `deepestSlot` came to. */
export const levelReached = ({ machine, reached }: Model): HugeLevel =>
  machine.levels[reached]?.level === 'pud' ? 'pud' : 'pmd';
