import type { BitTable } from '@pagewright/core';
import { field, TYPE_MEANINGS } from './bits.js';

/**
 * Fields of an address-space-control element: the register value that names the root table. It is no
 * entry, so the fields belong to no level.
 */
export const ASCE_FIELDS: BitTable = [
  field('_ASCE_TABLE_LENGTH', 0, [], 'any', 'length of the root table, in 4 KiB - 1', { width: 2 }),
  field('_ASCE_TYPE_MASK', 2, [], 'any', 'type of the root table', {
    width: 2,
    values: TYPE_MEANINGS,
  }),
  field('_ASCE_REAL_SPACE', 5, [], 'any', 'real addresses: no tables'),
  field('_ASCE_SPACE_SWITCH', 6, [], 'any', 'space switch event'),
  field('_ASCE_ALT_EVENT', 7, [], 'any', 'storage alteration event'),
  field('_ASCE_PRIVATE_SPACE', 8, [], 'any', 'private space'),
  field('_ASCE_ORIGIN', 12, [], 'any', 'root table', { width: 52 }),
];
