import { handleMmFault } from '../fault/handle-mm-fault.js';
import { type Entry, NONE } from '../machine/entries.js';
import { type Model, run } from '../model.js';
import { normalPageUnseen, vmNormalPage, WILD_PAGE } from '../normal-page.js';
import { type FlippedAt, VPN } from './machine.js';

/** What a kernel makes of a flipped entry, in order from loud to silent. */
export const FLIP_CLASSES = {
  reported: 'a "Bad page map" report, and no page',
  warned: 'a warning of DEBUG_VM, and the page is handed out all the same',
  'bad swap': 'a swap entry of a file or slot that does not exist, printed when it is used',
  'wild page': 'in silence: a page handed out that has no struct page',
  'wrong page': 'in silence: the page of another frame, or of a raw one, handed out as normal',
  special: 'in silence: taken for special, with another frame or where a page was',
  'other slot': 'in silence: another slot of the swap space',
  'other kind': 'in silence: an absent entry of another kind, or of another frame',
  'bad pmd': 'no pointer to a table and no mapping: printed as a bad PMD, and cleared',
  table: 'in silence: a PMD taken for a pointer to a table, which is walked',
  none: 'in silence: nothing mapped any more',
  same: 'the same page, frame or slot as before: at most permissions and marks changed',
} as const;
/** What a kernel makes of a flipped entry. */
export type FlipClass = keyof typeof FLIP_CLASSES;

/** Classifies an entry that was flipped in its table by asking the model what the kernel does. */
export function judge(model: Model, at: FlippedAt, entry: Entry): FlipClass {
  const { pte } = model;
  if (entry === NONE) return 'none';
  if (!pte.is.present(entry)) return judgeAbsent(model, at, entry);
  return judgePresent(model, 'pte', at.vma, VPN, at.entry, entry);
}

/** Classifies an entry that maps something by what vm_normal_page() or its upper forms answer. */
export function judgePresent(
  model: Model,
  level: 'pte' | 'pmd',
  vma: number,
  vpn: number,
  old: Entry,
  entry: Entry,
): FlipClass {
  const space = model.machine.space(level);
  model.events = [];
  const page = vmNormalPage(model, level, vma, vpn, entry);
  if (model.events.some((event) => event.kind === 'bad-page-map')) return 'reported';
  if (model.events.length > 0) return 'warned';
  if (page === WILD_PAGE) return 'wild page';
  const before = space.is.present(old) ? normalPageUnseen(model, level, vma, vpn, old) : undefined;
  if (page >= 0) return page === before ? 'same' : 'wrong page';
  return before === -1 && space.pfn(entry) === space.pfn(old) ? 'same' : 'special';
}

/** An access decides what an absent entry is worth. */
function judgeAbsent(model: Model, at: FlippedAt, entry: Entry): FlipClass {
  const { pte } = model;
  const facts = pte.absent(entry);
  if (facts.what !== 'swap' && facts.what !== 'unknown') return 'other kind';
  if (isSameSlot(model, at.entry, entry)) return 'same';
  const origin = model.state;
  model.state = origin.copy();
  const { events } = run(model, () => handleMmFault(model, at.vma, VPN, 0));
  model.state = origin;
  if (events.some((event) => event.kind === 'bad-page-map')) return 'reported';
  if (events.some((event) => event.kind === 'note' && event.id === 'bad-swap-entry')) {
    return 'bad swap';
  }
  return 'other slot';
}

function isSameSlot({ pte }: Model, before: Entry, entry: Entry): boolean {
  if (pte.is.present(before)) return false;
  return (
    pte.swapFile(before) === pte.swapFile(entry) && pte.swapOffset(before) === pte.swapOffset(entry)
  );
}

/** What a flipped entry is now, in a word: `present`, `empty`, `swap file 3`, `migration-read`. */
export function became({ pte }: Model, entry: Entry): string {
  if (entry === NONE) return 'empty';
  if (pte.is.present(entry)) return 'present';
  const { what } = pte.absent(entry);
  return what === 'swap' ? `swap file ${pte.swapFile(entry)}` : what;
}
