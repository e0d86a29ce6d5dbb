import { folioOf, getRefs } from '../frames/folio.js';
import { putRefs } from '../frames/put.js';
import { PFN_FLAG } from '../insert/pfn-flags.js';
import { insertMixed } from '../insert/vmf-insert-mixed.js';
import { vmfInsertPageMkwrite } from '../insert/vmf-insert-page-mkwrite.js';
import type { Model } from '../model.js';
import { isLimited } from './associate.js';

/** PFN_DEV with what else the driver of DAX memory says of its frames, until pfn_t went. */
export const daxPfnFlags = (model: Model): number =>
  PFN_FLAG.dev | (isLimited(model) ? PFN_FLAG.special : PFN_FLAG.map);

/**
 * Maps a page of a DAX file by a PTE: raw, or counted since DAX pages are. VM_FAULT bits as the
 * insertion answers (dax_fault_iter(), fs/dax.c; SPEC 11.5).
 */
export function mapDaxPage(
  model: Model,
  vma: number,
  vpn: number,
  frame: number,
  write: boolean,
): number {
  if (!model.has('fsdax-refcounted')) {
    const pfn = model.machine.memory.pfn(frame);
    return insertMixed(model, vma, vpn, pfn, write, daxPfnFlags(model));
  }
  // An idle page has no reference: one holds it until it is mapped.
  const folio = folioOf(model, frame);
  getRefs(model, folio);
  const answer = vmfInsertPageMkwrite(model, vma, vpn, frame, write);
  putRefs(model, folio);
  return answer;
}
