import type { Column } from '../state/columns.js';
import type { State } from '../state/state.js';

/** As `State.next`, sooner where records follow each other, as those in use mostly do. */
export const nextUsed = (state: State, field: Column, from: number, count: number): number =>
  from < count && state.get(field, from) !== 0 ? from : state.next(field, from, count);
