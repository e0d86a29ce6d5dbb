import type { Model } from '../model.js';
import { Global } from '../state/columns.js';

/** pte_alloc_one(): a table that waits for a huge leaf to be split can be had. */
export const canAllocTable = ({ state }: Model): boolean => state.get(Global.tablesRunOut, 0) === 0;

/** pte_free() of a table that was allocated in vain; noted, since it leaves no trace. */
export const giveBackTable = (model: Model): void => model.note('pgtable-freed');

/** arch_needs_pgtable_deposit(): huge leaves of files keep a table too, as those of anonymous memory do. */
export const needsDeposit = ({ machine }: Model): boolean =>
  machine.form.definition.supports.pgtableDeposit;
