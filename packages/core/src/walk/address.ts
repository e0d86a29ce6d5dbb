import type { EntryForm } from '../form/form.js';
import type { LevelGeometry } from '../form/level.js';
import { fail, ok, type Result } from '../outcome.js';
import { hex, MASK64, type VirtAddr, virtAddr } from '../units.js';

/** Levels that have a table, root first. */
export const tableLevels = (form: EntryForm): readonly LevelGeometry[] =>
  form.levels.filter((geometry) => !geometry.folded);

/** The level of the root table; every form has one. */
export const rootLevel = (form: EntryForm): LevelGeometry => tableLevels(form)[0] as LevelGeometry;

/** Bytes of one table of a level. */
export const tableBytes = (form: EntryForm, geometry: LevelGeometry): number =>
  2 ** geometry.indexBits * (form.definition.wordBits / 8);

/** Index of an address in a table of a level. */
export const indexOf = (geometry: LevelGeometry, address: bigint): number =>
  Number((address >> BigInt(geometry.shift)) & ((1n << BigInt(geometry.indexBits)) - 1n));

/** True for addresses that the form's tables can translate. */
function isCanonical(form: EntryForm, address: bigint): boolean {
  const { addressBits, canonical, wordBits } = form.definition;
  if (address < 0n || address > MASK64) return false;
  if (addressBits >= wordBits) return address < 1n << BigInt(wordBits);
  const above = address >> BigInt(addressBits);
  const ones = MASK64 >> BigInt(addressBits);
  if (canonical === 'unsigned') return above === 0n;
  if (canonical === 'either-half') return above === 0n || above === ones;
  const sign = (address >> BigInt(addressBits - 1)) & 1n;
  return above === (sign === 1n ? ones : 0n);
}

/** Checks an address; code `address-outside-form`. */
export function checkedAddress(form: EntryForm, address: bigint): Result<VirtAddr> {
  if (isCanonical(form, address)) return ok(virtAddr(address));
  return fail(
    'address-outside-form',
    `${hex(address)} is no address that ${form.name} translates (${form.definition.addressBits} bits)`,
    { form: form.name, address },
  );
}
