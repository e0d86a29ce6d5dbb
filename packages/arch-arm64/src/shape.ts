import type { BitTable, HeaderGeneration, Masks } from '@pagewright/core';
import type { AddressCodec } from './address.js';

/** What the helpers of a form are made from. */
export interface Shape {
  readonly headers: HeaderGeneration;
  readonly pageShift: number;
  readonly bits: BitTable;
  /** Masks by field name. */
  readonly m: Masks;
  readonly address: AddressCodec;
  /** The form's headers have the devmap bit. */
  readonly devmap: boolean;
  /** The form's headers have userfaultfd write protection. */
  readonly uffdWp: boolean;
}

/** Bits of a type: valid, and page or table rather than block (PTE_TYPE_MASK, PTE_TYPE_PAGE). */
export const typeMask = (m: Masks): bigint => m('PTE_VALID', 'PTE_TABLE_BIT');

/** A field's mask holding a value. */
export const fieldValue = (mask: bigint, value: number): bigint => (mask & -mask) * BigInt(value);

/**
 * The bit that makes an entry present although it is not valid (PTE_PRESENT_INVALID): since 6.10 it
 * is that of nG, before only PROT_NONE had one.
 */
export const presentInvalidMask = ({ m, headers }: Pick<Shape, 'm' | 'headers'>): bigint =>
  headers === '6.1' ? m('PTE_PROT_NONE') : m('PTE_NG');
