import { ERRNO } from '../errno.js';
import { cacheSlotOf } from '../files/cache-slot.js';
import { fileKindOf } from '../files/file-kinds.js';
import type { Model } from '../model.js';
import { CacheSlot, Frame, Mapping, Pgmap } from '../state/columns.js';
import { isBusy } from './busy.js';

/** What a file system says of a part of a file (`struct iomap`), as far as DAX asks. */
export interface Extent {
  /** First frame of its blocks; `HOLE`, or another negative number where there is none to map. */
  readonly frame: number;
  /** IOMAP_F_SHARED: other file offsets have the blocks too, or had what they replace. */
  readonly shared: boolean;
  /** IOMAP_F_NEW: allocated just now. */
  readonly fresh: boolean;
}

/** Nothing was ever written there. */
export const HOLE = -1;
/** The device is full. */
const NO_SPACE = -2;
/** The part is no run of blocks that a PMD could map. */
const SCATTERED = -3;

/** Frame of a file's block; -1 for a hole. */
export const blockAt = (model: Model, mapping: number, index: number): number =>
  model.state.ref(CacheSlot.block, cacheSlotOf(model, mapping, index));

/** Puts a block at an index of a file; -1 makes a hole. What is mapped is not touched. */
export const setBlock = (model: Model, mapping: number, index: number, frame: number): void =>
  model.state.setRef(CacheSlot.block, cacheSlotOf(model, mapping, index), frame);

/**
 * Blocks of a range go back to the file system, which may hand them out at once. One that somebody
 * still uses is noted: a device that writes to it writes to whichever file gets it next.
 *
 * @param end first index behind the range
 */
export function freeBlocks(model: Model, mapping: number, start: number, end: number): void {
  const last = Math.min(end, model.state.get(Mapping.slots, mapping));
  for (let index = start; index < last; index++) {
    const frame = blockAt(model, mapping, index);
    if (frame < 0) continue;
    setBlock(model, mapping, index, HOLE);
    if (blockUsers(model, frame) === 0 && isBusy(model, frame)) model.note('block-freed-in-use');
  }
}

/**
 * fallocate(): blocks for the holes of a range, nothing mapped. -ENOSPC when the device is full, and
 * behind what the file has room for; -EOPNOTSUPP for a file on no device.
 */
export function fallocate(model: Model, mapping: number, start: number, end: number): number {
  const { state } = model;
  if (state.ref(Mapping.pgmap, mapping) < 0) return ERRNO.EOPNOTSUPP;
  if (end > state.get(Mapping.slots, mapping)) return ERRNO.ENOSPC;
  for (let index = start; index < end; index++) {
    if (blockAt(model, mapping, index) >= 0) continue;
    if (extentAt(model, mapping, index, 1, true).frame < 0) return ERRNO.ENOSPC;
  }
  return 0;
}

/**
 * FICLONERANGE of one block: another file offset has it too, until one of them is written. -EINVAL
 * where there is no block, or none of this device can be.
 */
export function reflink(model: Model, from: number, index: number, to: number, at: number): number {
  const frame = cacheSlotOf(model, from, index) < 0 ? HOLE : blockAt(model, from, index);
  const { state } = model;
  const sameDevice = state.ref(Mapping.pgmap, from) === state.ref(Mapping.pgmap, to);
  if (frame < 0 || !sameDevice || cacheSlotOf(model, to, at) < 0) return ERRNO.EINVAL;
  setBlock(model, to, at, frame);
  return 0;
}

/** How many file offsets have the block: more than one for a reflinked one. */
export function blockUsers({ state }: Model, frame: number): number {
  let users = 0;
  for (let slot = 0; slot < state.layout.capacities.cacheSlot; slot++) {
    if (state.ref(CacheSlot.block, slot) === frame) users++;
  }
  return users;
}

/**
 * iomap_begin() for `pages` indices from `index` on: what lies there, and for a write blocks of the
 * file's own in place of holes and of shared ones, with the content so far.
 */
export function extentAt(
  model: Model,
  mapping: number,
  index: number,
  pages: number,
  write: boolean,
): Extent {
  const found = runAt(model, mapping, index, pages);
  const shared = found >= 0 && blockUsers(model, found) > 1;
  if (!write || found === SCATTERED) return { frame: found, shared, fresh: false };
  if (found >= 0 && !shared) return { frame: found, shared, fresh: false };
  const frame = allocateBlocks(model, mapping, pages);
  for (let i = 0; frame >= 0 && i < pages; i++) {
    const { state } = model;
    const content = found < 0 ? 0 : state.get(Frame.content, found + i);
    state.set(Frame.content, frame + i, content);
    setBlock(model, mapping, index + i, frame + i);
  }
  return { frame, shared, fresh: frame >= 0 };
}

/** A run of blocks, or a hole, all through; aligned as what maps it must be. */
function runAt(model: Model, mapping: number, index: number, pages: number): number {
  const first = blockAt(model, mapping, index);
  for (let i = 1; i < pages; i++) {
    const next = blockAt(model, mapping, index + i);
    if (next !== (first < 0 ? first : first + i)) return SCATTERED;
  }
  if (first >= 0 && model.machine.memory.pfn(first) % pages !== 0) return SCATTERED;
  return first;
}

/** Blocks that no file has, aligned and in line; who still refers to them the file system cannot know. */
function allocateBlocks(model: Model, mapping: number, pages: number): number {
  const { state, machine } = model;
  const pgmap = state.ref(Mapping.pgmap, mapping);
  if (pgmap < 0) throw new Error(`${fileKindOf(model, mapping)?.name} file without a device`);
  const end = state.get(Pgmap.firstFrame, pgmap) + state.get(Pgmap.frames, pgmap);
  for (let frame = state.get(Pgmap.firstFrame, pgmap); frame + pages <= end; frame++) {
    if (machine.memory.pfn(frame) % pages !== 0) continue;
    if (isFree(model, frame, pages)) return frame;
  }
  return pages > 1 ? SCATTERED : NO_SPACE;
}

function isFree(model: Model, frame: number, pages: number): boolean {
  for (let i = 0; i < pages; i++) if (blockUsers(model, frame + i) > 0) return false;
  return true;
}

/** What a DAX file holds at an index. */
export function daxContent(model: Model, mapping: number, index: number): number {
  const frame = blockAt(model, mapping, index);
  return frame < 0 ? 0 : model.state.get(Frame.content, frame);
}
