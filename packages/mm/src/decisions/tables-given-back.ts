import type { Model } from '../model.js';

/** ` pgtable_freed+1` when a table that was allocated for a huge leaf was not needed. */
export const tablesGivenBack = ({ events }: Model): string =>
  events.some((event) => event.kind === 'note' && event.id === 'pgtable-freed')
    ? ' pgtable_freed+1'
    : '';
