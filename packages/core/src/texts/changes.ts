import type { ChangeId } from '../kernel/changes.js';
import type { ChangeText } from './change-text.js';
import { MAINLINE_TEXTS } from './changes-mainline.js';
import { RFC_2025_06_TEXTS } from './changes-rfc-2025-06.js';

/** Every change in words, by its id. */
export const CHANGE_TEXTS: Readonly<Record<ChangeId, ChangeText>> = {
  ...MAINLINE_TEXTS,
  ...RFC_2025_06_TEXTS,
};
