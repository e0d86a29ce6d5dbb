import { type Bits, bits } from '../units.js';
import type { EntryForm } from './form.js';

/** Entry `index` of a table's bytes, in the form's byte order. The bytes must hold it. */
export function entryAt(form: EntryForm, table: Uint8Array, index: number): Bits {
  const { wordBits, byteOrder } = form.definition;
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  const little = byteOrder === 'little';
  const at = index * (wordBits / 8);
  return bits(wordBits === 32 ? BigInt(view.getUint32(at, little)) : view.getBigUint64(at, little));
}
