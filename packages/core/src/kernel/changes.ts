import type { Change, ChangeLinks } from './change.js';
import { MAINLINE_CHANGES } from './changes-mainline.js';
import { RFC_2025_06_CHANGES } from './changes-rfc-2025-06.js';

/** Ids of all changes, so that code asking for one cannot misspell it. */
export type ChangeId = keyof typeof MAINLINE_CHANGES | keyof typeof RFC_2025_06_CHANGES;

/** Every change that a revision may be made of. */
export const CHANGES: readonly Change[] = Object.entries<ChangeLinks>({
  ...MAINLINE_CHANGES,
  ...RFC_2025_06_CHANGES,
}).map(([id, { requires = [], replaces = [] }]) => ({ id, requires, replaces }));

/** Looks a change up; undefined for an id that nobody has declared. */
export const findChange = (id: string): Change | undefined =>
  CHANGES.find((change) => change.id === id);
