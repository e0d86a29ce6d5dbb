import type { ChangeId } from '../kernel/changes.js';
import type { ChangeText } from './change-text.js';
import { DAX_MERGED_TEXTS, DAX_V6_TEXTS } from './changes-dax-v6.js';
import { MAINLINE_TEXTS } from './changes-mainline.js';
import { NEVER_POSTED_TEXTS } from './changes-never-posted.js';
import { RFC_2025_06_TEXTS } from './changes-rfc-2025-06.js';
import { RMAP_LOG_COMPANION_TEXTS, RMAP_LOG_TEXTS } from './changes-rmap-log.js';
import { ZEROPAGE_TEXTS } from './changes-zeropage.js';

/** Every change in words, by its id. */
export const CHANGE_TEXTS: Readonly<Record<ChangeId, ChangeText>> = {
  ...RMAP_LOG_TEXTS,
  ...RMAP_LOG_COMPANION_TEXTS,
  ...MAINLINE_TEXTS,
  ...ZEROPAGE_TEXTS,
  ...DAX_V6_TEXTS,
  ...DAX_MERGED_TEXTS,
  ...RFC_2025_06_TEXTS,
  ...NEVER_POSTED_TEXTS,
};
