import { OWNER } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';

/** page->mapping and page->index of a page of one file offset; the count of sharers shares a word with the index. */
export function setOwner({ state }: Model, frame: number, mapping: number, index: number): void {
  state.set(Frame.owner, frame, OWNER.file);
  state.setRef(Frame.ownerId, frame, mapping);
  state.set(Frame.index, frame, index);
  state.set(Frame.share, frame, 0);
}

/** No file has the page. */
export function clearOwner({ state }: Model, frame: number): void {
  state.set(Frame.owner, frame, OWNER.none);
  state.set(Frame.ownerId, frame, 0);
  state.set(Frame.index, frame, 0);
  state.set(Frame.share, frame, 0);
}

/** dax_folio_is_shared(), dax_page_is_shared(): no mapping, and a count of file offsets. */
export const isSharedByCount = ({ state }: Model, frame: number): boolean =>
  state.get(Frame.owner, frame) === OWNER.none && state.get(Frame.share, frame) !== 0;
