import { prepareFolio } from '../frames/allocate.js';
import { setFlag } from '../frames/folio.js';
import { PAGE_FLAG, PGMAP_TYPE } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Frame, Mapping, Pgmap } from '../state/columns.js';

/**
 * memremap_pages(): a device's memory, the machine's range of that name, gets struct pages of its
 * type. References that each page begins with are SPEC 11.2's. Answers the dev_pagemap.
 *
 * @param order log2 of the pages of each folio: devdax of a larger alignment has large ones
 */
export function newDeviceMemory(
  model: Model,
  range: string,
  type: keyof typeof PGMAP_TYPE,
  order = 0,
): number {
  const { state, machine } = model;
  const frames = machine.memory.framesOf(range);
  const first = frames[0];
  if (first === undefined) throw new Error(`the machine has no memory "${range}"`);
  const pgmap = state.take('pgmap', Pgmap.used);
  state.set(Pgmap.type, pgmap, PGMAP_TYPE[type]);
  state.set(Pgmap.firstFrame, pgmap, first);
  state.set(Pgmap.frames, pgmap, frames.length);
  const references = initialReferences(model, type);
  state.fill(Frame.pgmap, first, frames.length, pgmap + 1);
  state.fill(Frame.refcount, first, frames.length, order === 0 ? references : 0);
  for (let head = 0; order > 0 && head < frames.length; head += 2 ** order) {
    state.set(Frame.refcount, first + head, references);
    prepareFolio(model, first + head, order);
  }
  for (let i = 0; type === 'p2pdma' && i < frames.length; i++) {
    setFlag(model, first + i, PAGE_FLAG.pooled, true);
  }
  return pgmap;
}

function initialReferences(model: Model, type: keyof typeof PGMAP_TYPE): number {
  if (type === 'fsdax') return model.has('fsdax-refcounted') ? 0 : 1;
  if (type === 'p2pdma') return model.has('p2pdma-starts-at-zero') ? 0 : 1;
  return type === 'generic' ? 1 : 0;
}

/**
 * Puts a file on a device: blocks of an fsdax file come from there, and a devdax file is the device.
 *
 * @param alignOrder devdax: log2 of the pages that every fault maps
 */
export function placeOnDevice(model: Model, mapping: number, pgmap: number, alignOrder = 0): void {
  model.state.setRef(Mapping.pgmap, mapping, pgmap);
  model.state.set(Mapping.alignOrder, mapping, alignOrder);
}
