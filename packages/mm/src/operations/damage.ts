import { corrupt, freeTableInUse } from '../damage.js';
import { AT, operation } from './operation.js';

/** Damage, so that what each kernel says of it can be seen. */
export const damageOperations = [
  operation(
    'corrupt',
    'flips bits of an entry',
    'error',
    { at: AT, mask: { kind: 'word' }, level: { kind: 'level', default: 'pte' } },
    (model, { at, mask, level }) => corrupt(model, at.mm, at.vpn, level, mask),
  ),
  operation(
    'free_table_in_use',
    'frees a page table that is still pointed to',
    'error',
    { at: AT, level: { kind: 'level', default: 'pte' } },
    (model, { at, level }) => freeTableInUse(model, at.mm, at.vpn, level),
  ),
];
