import { type Column, Global } from '@pagewright/mm';

/**
 * Columns that are no part of what a search takes for a state: sums over all time, which no kernel asks
 * for. With them no state would ever come again.
 */
export const LEFT_OUT_COLUMNS: ReadonlySet<Column> = new Set([
  Global.pinsAcquired,
  Global.pinsReleased,
]);
