import {
  folioMapcount,
  folioOf,
  hasFlag,
  isAnon,
  isKsm,
  isLarge,
  refcount,
} from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';

/** A record by number as a pointer is printed: all zeros for none. */
export const pointerText = (record: number): string => (record + 1).toString(16).padStart(16, '0');

/** dump_page(): what the kernel prints of a page, with the reason. */
export function pageDump(model: Model, frame: number, reason: string): string[] {
  const { state, machine } = model;
  const folio = folioOf(model, frame);
  const mapping = pointerText(state.ref(Frame.ownerId, folio));
  const index = `0x${state.get(Frame.index, folio).toString(16)}`;
  const pfn = `0x${machine.memory.pfn(frame).toString(16)}`;
  const lines = [
    `page: refcount:${refcount(model, folio)} mapcount:${folioMapcount(model, folio)} ` +
      `mapping:${mapping} index:${index} pfn:${pfn}`,
  ];
  if (isLarge(model, folio)) {
    lines.push(
      `head: order:${state.get(Frame.order, folio)} mapcount:${folioMapcount(model, folio)} ` +
        `entire_mapcount:${state.get(Frame.entireMapcount, folio)} ` +
        `nr_pages_mapped:${state.get(Frame.pagesMapped, folio)} ` +
        `pincount:${state.get(Frame.pincount, folio)}`,
    );
  }
  const kind = isKsm(model, folio) ? 'ksm ' : isAnon(model, folio) ? 'anon ' : '';
  const flags = Object.entries(PAGE_FLAG).filter(([, bit]) => hasFlag(model, frame, bit));
  lines.push(`${kind}flags: ${flags.map(([name]) => name).join('|') || 'none'}`);
  lines.push(`page dumped because: ${reason}`);
  return lines;
}
