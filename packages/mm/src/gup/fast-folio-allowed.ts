import { fileKindOf } from '../files/file-kinds.js';
import { isAnon, isLarge, isSlab, pageType } from '../frames/folio.js';
import { OWNER, PAGE_TYPE } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';
import { FOLL } from './flags.js';

const LONG_WRITE_PIN = FOLL.PIN | FOLL.LONGTERM | FOLL.WRITE;

/**
 * gup_fast_folio_allowed(), folio_fast_pin_allowed(): what a VMA would tell must be read off the
 * folio here. Files that need to know of writes take no long write pins, secret memory none at all
 * (mm/gup.c; SPEC 5.7, 22 errata 7).
 */
export function gupFastFolioAllowed(model: Model, folio: number, flags: number): boolean {
  const rejectsFiles =
    model.has('file-write-pin-refused') && (flags & LONG_WRITE_PIN) === LONG_WRITE_PIN;
  const checksSecretmem =
    model.has('gup-fast-checks-secretmem-folio') &&
    model.config.SECRETMEM &&
    !isLarge(model, folio);
  if (!rejectsFiles && !checksSecretmem) return true;
  if (isSlab(model, folio)) {
    model.warn('slab');
    return false;
  }
  if (pageType(model, folio) === PAGE_TYPE.hugetlb) return true;
  if (isAnon(model, folio)) return true;
  if (model.state.get(Frame.owner, folio) !== OWNER.file) return false;
  const mapping = model.state.ref(Frame.ownerId, folio);
  // A driver's page, which vm_insert_page() mapped, has no mapping.
  if (mapping < 0) return false;
  const kind = fileKindOf(model, mapping);
  if (checksSecretmem && kind?.secretmem === true) return false;
  return !rejectsFiles || kind?.shmem === true;
}
