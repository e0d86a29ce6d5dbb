import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmaIsAnonymous } from '../vma/vma.js';
import { doAnonymousPage } from './anonymous.js';
import { doFault } from './file.js';

/** do_pte_missing(): nothing lies there, or a marker that a page may replace (SPEC 6.2). */
export const doPteMissing = (
  model: Model,
  vma: number,
  vpn: number,
  orig: Entry,
  flags: number,
): number =>
  vmaIsAnonymous(model, vma)
    ? doAnonymousPage(model, vma, vpn, orig, flags)
    : doFault(model, vma, vpn, orig, flags);
