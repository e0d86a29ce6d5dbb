import type { VirtAddr } from '@pagewright/core';
import { type Addresses, type AddressForm, lastAtOrBelow } from './addresses.js';
import type { Names } from './names.js';

/** One symbol of the kernel. */
export interface KernelSymbol {
  readonly name: string;
  /** Where it lies; for an absolute one its value, an offset into each CPU's area. */
  readonly address: VirtAddr;
  /** Type letter as in /proc/kallsyms: `T` text, `D` data, `B` bss, `R` read-only, `A` absolute. */
  readonly type: string;
  /** True for a value that does not move with the kernel. */
  readonly absolute: boolean;
}

/** What lies at or before an address. */
export interface NearestSymbol {
  readonly name: string;
  /** Bytes from the symbol to the address. */
  readonly offset: bigint;
  /** Bytes up to the next symbol at another address; absent for the last one. */
  readonly size?: bigint;
}

/** Symbols of a kernel, found by name and by address. */
export interface Symbols {
  readonly count: number;
  /** How the kernel's table writes addresses. */
  readonly addressForm: AddressForm;
  /** Address of a name; of the lowest one where several symbols share it (static functions). */
  address(name: string): VirtAddr | undefined;
  /** Addresses of all symbols of a name, ascending. */
  all(name: string): readonly VirtAddr[];
  /**
   * The symbol that an address lies in: of several at one place the first, as in the kernel's
   * get_symbol_pos(). Nothing for an address below the first symbol, after the last one, or between
   * the absolute symbols and the kernel.
   */
  nearest(address: bigint): NearestSymbol | undefined;
  /** One symbol by its place in the table, ascending by address. Throws RangeError outside it. */
  at(index: number): KernelSymbol;
  /**
   * `__per_cpu_start`: a per-cpu symbol less this is its offset in every CPU's area; 0 where per-cpu
   * symbols are absolute.
   */
  readonly percpuBase?: VirtAddr;
}

/** Symbols from the kernel's tables; nothing is spelt out before it is asked for. */
export function symbolsOf(names: Names, addresses: Addresses): Symbols {
  const all = (name: string) => names.find(name).map((index) => addresses.at(index));
  const [percpuBase] = all('__per_cpu_start');
  return {
    count: names.count,
    addressForm: addresses.form,
    address: (name) => all(name)[0],
    all,
    nearest: (address) => nearest(names, addresses, address),
    at: (index) => {
      if (!(index >= 0 && index < names.count)) {
        throw new RangeError(`symbol ${index} of ${names.count}`);
      }
      return {
        name: names.name(index),
        address: addresses.at(index),
        type: names.type(index),
        absolute: addresses.isAbsolute(index),
      };
    },
    ...(percpuBase === undefined ? {} : { percpuBase }),
  };
}

function nearest(names: Names, addresses: Addresses, address: bigint): NearestSymbol | undefined {
  const last = lastAtOrBelow(addresses, address);
  if (last < 0) return undefined;
  const start = addresses.at(last);
  const first = lastAtOrBelow(addresses, start - 1n) + 1;
  const found = { name: names.name(first), offset: address - start };
  const next = last + 1;
  const endsHere =
    next >= addresses.count || addresses.isAbsolute(last) !== addresses.isAbsolute(next);
  if (endsHere) return found.offset === 0n ? found : undefined;
  return { ...found, size: addresses.at(next) - start };
}
