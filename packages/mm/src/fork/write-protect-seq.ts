import type { Model } from '../model.js';
import { Mm } from '../state/columns.js';
import { isCow, mmOf } from '../vma/vma.js';

/** raw_write_seqcount_begin() and _end(): odd while entries of a private VMA are write-protected. */
export function turnWriteProtectSeq(model: Model, srcVma: number): void {
  if (isCow(model, srcVma)) model.state.add(Mm.writeProtectSeq, mmOf(model, srcVma), 1);
}
