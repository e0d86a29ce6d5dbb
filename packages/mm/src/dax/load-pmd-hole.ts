import { VM_FAULT } from '../errno.js';
import { mmGetHugeZeroFolio } from '../huge/huge-zero.js';
import { vmfInsertFolioPmd } from '../huge/insert-folio-huge.js';
import { NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Global, Vma } from '../state/columns.js';
import { depositTable, entryIn, setEntry, slotMade } from '../tables/tables.js';
import { mmOf, pageIndex, pageProtOf } from '../vma/vma.js';
import { DAX } from './entry.js';
import { grabMappingEntry } from './grab-entry.js';
import { daxInsertEntry } from './insert-entry.js';

/**
 * dax_pmd_load_hole(): a hole of a whole PMD is read, and shows the huge zero folio. NOPAGE; FALLBACK
 * without that folio, and on a slot in use until it was inserted like any folio; OOM (fs/dax.c;
 * SPEC 3.16).
 */
export function daxPmdLoadHole(model: Model, vma: number, vpn: number): number {
  const mapping = model.state.ref(Vma.mapping, vma);
  const slot = grabMappingEntry(model, mapping, pageIndex(model, vma, vpn), true);
  return slot < 0 ? -slot : loadPmdHoleAt(model, vma, vpn, mapping, slot);
}

/** The same for an entry that a fault has already. */
export function loadPmdHoleAt(
  model: Model,
  vma: number,
  vpn: number,
  mapping: number,
  entry: number,
): number {
  const zero = mmGetHugeZeroFolio(model, mmOf(model, vma));
  if (zero < 0) return VM_FAULT.FALLBACK;
  daxInsertEntry(model, mapping, entry, {
    frame: zero,
    bits: DAX.pmd | DAX.zeroPage,
    write: false,
    shared: false,
    synchronous: false,
  });
  return model.has('dax-huge-zero-by-insert-folio')
    ? vmfInsertFolioPmd(model, vma, vpn, zero, false)
    : setHugeZero(model, vma, vpn, zero);
}

/** The PMD is set here, and is not special. */
function setHugeZero(model: Model, vma: number, vpn: number, zero: number): number {
  const { machine, state } = model;
  const mm = mmOf(model, vma);
  const deposits = machine.form.definition.supports.pgtableDeposit;
  if (deposits && state.get(Global.tablesRunOut, 0) !== 0) return VM_FAULT.OOM;
  const slot = slotMade(model, mm, vpn, 'pmd');
  if (slot < 0) return VM_FAULT.OOM;
  if (entryIn(model, slot) !== NONE) return VM_FAULT.FALLBACK;
  if (deposits) depositTable(model, mm, slot);
  setEntry(model, slot, model.pmd.leaf(machine.memory.pfn(zero), pageProtOf(model, vma)));
  return VM_FAULT.NOPAGE;
}
