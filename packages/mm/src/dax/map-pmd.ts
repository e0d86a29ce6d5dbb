import { folioOf, getRefs } from '../frames/folio.js';
import { putRefs } from '../frames/put.js';
import { vmfInsertFolioPmd } from '../huge/insert-folio-huge.js';
import { vmfInsertPfnPmd } from '../huge/insert-huge.js';
import type { Model } from '../model.js';
import { daxPfnFlags } from './map-page.js';

/** Maps pages of a DAX file by a PMD: raw, or counted since DAX pages are (fs/dax.c; SPEC 11.6). */
export function mapDaxPmd(
  model: Model,
  vma: number,
  vpn: number,
  frame: number,
  write: boolean,
): number {
  if (!model.has('fsdax-refcounted')) {
    const pfn = model.machine.memory.pfn(frame);
    return vmfInsertPfnPmd(model, vma, vpn, pfn, write, daxPfnFlags(model));
  }
  const folio = folioOf(model, frame);
  getRefs(model, folio);
  const answer = vmfInsertFolioPmd(model, vma, vpn, folio, write);
  putRefs(model, folio);
  return answer;
}
