import { isLimited } from '../dax/associate.js';
import { DAX, daxEntryAt, entryIs, isHoleOrEmpty } from '../dax/entry.js';
import { folioOf, isAnon, isFsdax } from '../frames/folio.js';
import { OWNER } from '../frames/page-flags.js';
import { Frame, Vma } from '../state/columns.js';
import { vmaIsDax } from '../vma/special-huge.js';
import { pageIndex } from '../vma/vma.js';
import type { Census, SeenEntry } from './census.js';
import { SAYS } from './entry-facts.js';

/** I25: a file's hole is mapped by zeropages alone, and its blocks by none. */
export function checkHole(census: Census, seen: SeenEntry): void {
  const { model } = census;
  const { vma, vpn, frame, mm, says } = seen;
  if (!vmaIsDax(model, vma)) return;
  const slot = daxEntryAt(model, model.state.ref(Vma.mapping, vma), pageIndex(model, vma, vpn));
  if (slot < 0 || frame < 0) return;
  const isZero = (says & (SAYS.zero | SAYS.hugeZero)) !== 0;
  if (isZero && !isHoleOrEmpty(model, slot)) {
    census.wrong('I25', 'a block of a file, and its hole is still mapped', { mm, vma, vpn, slot });
  }
  if (isZero || isAnon(model, folioOf(model, frame)) || !entryIs(model, slot, DAX.zeroPage)) return;
  census.wrong('I25', 'a hole of a file, and no zeropage is mapped', { mm, vma, vpn, slot });
}

/** I23, I24: pages of a DAX file system know the file offsets that refer to them, used or idle. */
export function checkDaxPages(census: Census): void {
  const { model } = census;
  const { state } = model;
  const frames = state.layout.capacities.frame;
  if (isLimited(model)) return;
  for (
    let at = state.next(Frame.pgmap, 0, frames);
    at >= 0;
    at = state.next(Frame.pgmap, at + 1, frames)
  ) {
    if (state.ref(Frame.head, at) < 0 && isFsdax(model, at)) checkOffsets(census, at);
  }
}

function checkOffsets(census: Census, folio: number): void {
  const { state } = census.model;
  const offsets = census.cached[folio] as number;
  const share = state.get(Frame.share, folio);
  const mapping = state.get(Frame.owner, folio) === OWNER.file;
  if (share !== 0 || offsets > 1) {
    if (share !== offsets || mapping) {
      census.wrong('I24', 'a shared DAX page counts other offsets', { folio, share, offsets });
    }
    return;
  }
  if (mapping === offsets > 0) return;
  census.wrong('I23', 'a DAX page has a mapping and no entry, or an entry and no mapping', {
    folio,
    offsets,
  });
}
