import type { Change, ChangeLinks } from './change.js';
import { DAX_MERGED_CHANGES, DAX_V6_CHANGES } from './changes-dax-v6.js';
import { MAINLINE_CHANGES } from './changes-mainline.js';
import { NEVER_POSTED_CHANGES } from './changes-never-posted.js';
import { RFC_2025_06_CHANGES } from './changes-rfc-2025-06.js';
import { RMAP_LOG_CHANGES, RMAP_LOG_COMPANION_CHANGES } from './changes-rmap-log.js';
import { ZEROPAGE_CHANGES } from './changes-zeropage.js';

const LINKS = {
  ...RMAP_LOG_CHANGES,
  ...RMAP_LOG_COMPANION_CHANGES,
  ...MAINLINE_CHANGES,
  ...ZEROPAGE_CHANGES,
  ...DAX_V6_CHANGES,
  ...DAX_MERGED_CHANGES,
  ...RFC_2025_06_CHANGES,
  ...NEVER_POSTED_CHANGES,
} as const;

/** Ids of all changes, so that code asking for one cannot misspell it. */
export type ChangeId = keyof typeof LINKS;

/** Every change that a revision may be made of. */
export const CHANGES: readonly Change[] = Object.entries<ChangeLinks>(LINKS).map(
  ([id, { requires = [], replaces = [] }]) => ({ id, requires, replaces }),
);

/** Looks a change up; undefined for an id that nobody has declared. */
export const findChange = (id: string): Change | undefined =>
  CHANGES.find((change) => change.id === id);
