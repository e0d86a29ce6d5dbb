import { type AbsentEntry, hex, virtAddr } from '@pagewright/core';
import { field } from '@pagewright/dump';
import type { Kernel } from '../kernel.js';
import type { FindingId } from './finding.js';

/** Says what is wrong with an entry that stands for something swapped out. */
export type SwapTest = (entry: AbsentEntry) => readonly [FindingId, string] | undefined;

/**
 * Holds swap entries against the kernel's swap areas (`nr_swapfiles`, `swap_info`); without those
 * symbols only kinds that do not exist are found.
 */
export function swapTest({ symbol, virtual, types }: Kernel): SwapTest {
  const numberAt = symbol('nr_swapfiles');
  const number = numberAt === undefined ? undefined : virtual.u32(numberAt);
  const infos = symbol('swap_info');
  const reader = types.record('swap_info_struct', { max: field.number('max') });
  const sizes = new Map<number, number | undefined>();
  const sizeOf = (type: number): number | undefined => {
    if (sizes.has(type) || infos === undefined || !reader.ok) return sizes.get(type);
    const area = virtual.pointer(virtAddr(infos + BigInt(type * virtual.wordBytes)));
    const read = area.ok ? reader.value.read(virtual, area.value) : area;
    const size = read.ok ? read.value.max : undefined;
    sizes.set(type, size);
    return size;
  };
  return ({ what, type, offset }) => {
    if (what === 'unknown') return ['swap-type-unknown', `type ${type} means nothing`];
    if (what !== 'swap') return undefined;
    if (number?.ok === true && type >= number.value) {
      return ['swap-type-unknown', `area ${type} of ${number.value}`];
    }
    const size = sizeOf(type);
    if (size === undefined || offset < BigInt(size)) return undefined;
    return ['swap-offset-beyond', `slot ${hex(offset)}, the area has ${size}`];
  };
}
