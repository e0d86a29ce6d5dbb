import { ERRNO } from '../errno.js';
import { folioOf, setFlag } from '../frames/folio.js';
import { MM_FLAG, PAGE_FLAG } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { vmNormalPage } from '../normal-page.js';
import { folioMaybeDmaPinned } from '../rmap/pins.js';
import { Mm, Vma } from '../state/columns.js';
import { setEntry } from '../tables/tables.js';
import { setPageProt } from '../vma/page-prot.js';
import { dropVmFlags, hasVmFlag, isCow, mmOf, vmasOf } from '../vma/vma.js';
import { entriesOf, type WalkedEntry } from './walk-entries.js';

/** What is written to /proc/pid/clear_refs. */
export const CLEAR_REFS = { ALL: 1, ANON: 2, MAPPED: 3, SOFT_DIRTY: 4 } as const;

/**
 * clear_refs_write(): forgets that pages were referenced, or begins soft-dirty tracking anew, for
 * which entries lose the write bit. 0 or -EINVAL (fs/proc/task_mmu.c; SPEC 12.0, SPEC-7.2 12.7).
 */
export function clearRefs(model: Model, mm: number, type: number): number {
  if (type < CLEAR_REFS.ALL || type > CLEAR_REFS.SOFT_DIRTY) return ERRNO.EINVAL;
  const tracking = type === CLEAR_REFS.SOFT_DIRTY;
  if (tracking && !model.config.MEM_SOFT_DIRTY) return 0;
  for (const vma of [...vmasOf(model, mm)]) {
    if (tracking && hasVmFlag(model, vma, 'VM_SOFTDIRTY')) {
      dropVmFlags(model, vma, 'VM_SOFTDIRTY');
      setPageProt(model, vma);
    }
    if (!isWalked(model, vma, type)) continue;
    for (const walked of entriesOf(model, vma)) {
      if (walked.entry === 0) continue;
      if (tracking) clearSoftDirty(model, vma, walked);
      else clearReferenced(model, vma, walked);
    }
  }
  return 0;
}

/** clear_refs_test_walk(). */
function isWalked(model: Model, vma: number, type: number): boolean {
  if (hasVmFlag(model, vma, 'VM_PFNMAP')) return false;
  const hasFile = model.state.ref(Vma.mapping, vma) >= 0;
  if (type === CLEAR_REFS.ANON) return !hasFile;
  return type === CLEAR_REFS.MAPPED ? hasFile : true;
}

/** clear_soft_dirty(), clear_soft_dirty_pmd(): pinned pages stay writable, and so soft-dirty. */
function clearSoftDirty(model: Model, vma: number, walked: WalkedEntry): void {
  const { level, slot, entry } = walked;
  const { is, to } = model.machine.space(level);
  if (!is.present(entry)) {
    setEntry(model, slot, to.swp_clear_soft_dirty(entry));
    return;
  }
  if (level === 'pte' && isPinned(model, vma, walked)) return;
  setEntry(model, slot, to.clear_soft_dirty(to.wrprotect(entry)));
}

/** pte_is_pinned(). */
function isPinned(model: Model, vma: number, { vpn, entry }: WalkedEntry): boolean {
  if (!model.pte.is.write(entry) || !isCow(model, vma)) return false;
  if ((model.state.get(Mm.flags, mmOf(model, vma)) & MM_FLAG.hasPinned) === 0) return false;
  const frame = vmNormalPage(model, 'pte', vma, vpn, entry);
  return frame >= 0 && folioMaybeDmaPinned(model, folioOf(model, frame));
}

function clearReferenced(
  model: Model,
  vma: number,
  { level, vpn, slot, entry }: WalkedEntry,
): void {
  const { is, to } = model.machine.space(level);
  if (!is.present(entry)) return;
  // A PMD's page is taken for one, whatever it is.
  const frame =
    level === 'pte'
      ? vmNormalPage(model, level, vma, vpn, entry)
      : model.machine.memory.frame(model.machine.space(level).pfn(entry));
  if (frame < 0) return;
  setEntry(model, slot, to.mkold(entry));
  const folio = folioOf(model, frame);
  setFlag(model, folio, PAGE_FLAG.young, false);
  setFlag(model, folio, PAGE_FLAG.referenced, false);
}
