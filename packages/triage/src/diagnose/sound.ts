import { type EntryForm, isLevel, type MappingLevel } from '@pagewright/core';
import type { EntryReading } from '../decode/reading.js';
import type { LogReport } from '../incident.js';

/** Bits of a frame number that machines address today; memory of devices may lie up there. */
const ADDRESSABLE_BITS = 34n;
/** Room that memory may have above the highest frame that a log shows: four bits. */
const ROOM = 4;
const LEAST_FRAME_BITS = 24;

/** Bits of frame numbers that the machine's memory can need, by the frames that reports show. */
export function memoryBits(reports: readonly LogReport[]): bigint {
  let highest = 0n;
  const see = (frame: bigint | undefined): void => {
    if (frame !== undefined && frame > highest) highest = frame;
  };
  for (const { page, pfn, entries } of reports) {
    see(page?.pfn?.value);
    see(pfn?.value);
    for (const { raw, reported } of entries) {
      if (!reported) see((raw.value & 0x000f_ffff_ffff_f000n) >> 12n);
    }
  }
  if (highest === 0n) return ADDRESSABLE_BITS;
  return BigInt(Math.max(highest.toString(2).length + ROOM, LEAST_FRAME_BITS));
}

/** Bits of a leaf's frame number that are above all memory; 0n when it lies within. */
export function excess({ pfn }: EntryReading, bits: bigint): bigint {
  return pfn === undefined ? 0n : (pfn >> bits) << bits;
}

/** An entry for user memory as the kernel writes them, of memory or, when special, of a device. */
export function isSound(reading: EntryReading, form: EntryForm | undefined, bits: bigint): boolean {
  if (reading.kind === 'table') return true;
  if (reading.kind !== 'leaf') return false;
  const most = reading.special === true ? ADDRESSABLE_BITS : bits;
  if (excess(reading, most) !== 0n) return reading.protnone === true && isUninverted(reading, most);
  return reading.protnone === true || form === undefined || isUsers(form, reading);
}

/** Before 4.18 x86 did not invert the frames of entries without access. */
const isUninverted = ({ raw }: EntryReading, bits: bigint): boolean =>
  ((raw & 0x000f_ffff_ffff_f000n) >> 12n) >> bits === 0n;

function isUsers(form: EntryForm, { level, raw }: EntryReading): boolean {
  const codec = isLevel(level) ? form.definition.leaves[form.deciding(level)] : undefined;
  return codec === undefined || form.codec(`user ${level}`, codec.permissions.user).bits(raw);
}

const VM_WRITE = 2n;
const VM_EXEC = 4n;

/** Permissions of an entry are those that a VMA with these flags gives, and it was used. */
export function suits(form: EntryForm, reading: EntryReading, vmaFlags: bigint): boolean {
  const level = reading.level as MappingLevel;
  const codec = form.definition.leaves[form.deciding(level)];
  if (codec === undefined || reading.kind !== 'leaf' || reading.protnone === true) return false;
  const { write, execute } = codec.permissions;
  const writes = form.codec(`write ${level}`, write).bits(reading.raw);
  const executes = form.codec(`execute ${level}`, execute).bits(reading.raw);
  const young = form.is(form.deciding(level), 'young', reading.raw);
  return (
    young && (!writes || (vmaFlags & VM_WRITE) !== 0n) && executes === ((vmaFlags & VM_EXEC) !== 0n)
  );
}
