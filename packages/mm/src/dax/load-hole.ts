import { zeroFrameOf } from '../fault/anonymous.js';
import { vmfInsertMixed } from '../insert/vmf-insert-mixed.js';
import { vmfInsertPageMkwrite } from '../insert/vmf-insert-page-mkwrite.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { pageIndex } from '../vma/vma.js';
import { DAX } from './entry.js';
import { grabMappingEntry } from './grab-entry.js';
import { daxInsertEntry } from './insert-entry.js';

/**
 * dax_load_hole(): a hole of the file is read, and shows the zeropage. VM_FAULT bits as inserting it
 * answers (fs/dax.c; SPEC 3.16).
 */
export function daxLoadHole(model: Model, vma: number, vpn: number): number {
  const mapping = model.state.ref(Vma.mapping, vma);
  const slot = grabMappingEntry(model, mapping, pageIndex(model, vma, vpn), false);
  if (slot < 0) return -slot;
  return loadHoleAt(model, vma, vpn, mapping, slot);
}

/** The same for an entry that a fault has already. */
export function loadHoleAt(
  model: Model,
  vma: number,
  vpn: number,
  mapping: number,
  slot: number,
): number {
  const zero = zeroFrameOf(model, vpn);
  daxInsertEntry(model, mapping, slot, {
    frame: zero,
    bits: DAX.zeroPage,
    write: false,
    shared: false,
    synchronous: false,
  });
  return model.has('fsdax-refcounted')
    ? vmfInsertPageMkwrite(model, vma, vpn, zero, false)
    : vmfInsertMixed(model, vma, vpn, model.machine.memory.pfn(zero));
}
