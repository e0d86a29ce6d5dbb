import { fail, ok, virtAddr } from '@pagewright/core';
import type { AddressForm, SymbolMemory } from '../src/index.js';

export interface MadeSymbol {
  readonly name: string;
  readonly address: bigint;
  readonly type: string;
}

/** What a kernel's symbol tables may look like; every form that a kernel has had. */
export interface MadeKallsyms {
  /** Ascending by address. */
  readonly symbols: readonly MadeSymbol[];
  readonly form?: AddressForm;
  readonly byteOrder?: 'little' | 'big';
  readonly wordBytes?: 4 | 8;
  /** Order of the tables: addresses first, as up to 6.3, or last. */
  readonly addressesFirst?: boolean;
  /** Address of the first table. */
  readonly at?: bigint;
  /** For `relative` and `percpu-absolute`. */
  readonly relativeBase?: bigint;
}

export interface MadeImage {
  readonly bytes: Uint8Array;
  readonly at: bigint;
  readonly vmcoreinfo: string;
  /** Over `bytes` as they are at each read. */
  readonly memory: SymbolMemory;
}

/** Several letters that one code stands for, next to the letters that stand for themselves. */
const LONG_TOKENS = ['init_', 'Tsys', 'dev', '__per_cpu_', 'Axx', 'k'];

/** Builds the tables as scripts/kallsyms.c lays them out, each aligned to a word. */
export function makeKallsyms(made: MadeKallsyms): MadeImage {
  const { symbols, form = 'relative', byteOrder = 'little', wordBytes = 8 } = made;
  const at = made.at ?? (wordBytes === 8 ? 0xffffffff81000000n : 0xc1000000n);
  const little = byteOrder === 'little';
  const base = made.relativeBase ?? symbols[0]?.address ?? at;
  const word = (value: bigint) => numbers(wordBytes, [value], little);
  const tokens = makeTokens(symbols.map(({ type, name }) => type + name).join(''));
  const usesWords = form === 'absolute' && wordBytes === 8;
  const hasBase = form === 'relative' || form === 'percpu-absolute';
  const names = symbols.map(({ type, name }) => compressed(type + name, tokens));

  const texts: [string, Uint8Array][] = [
    ['kallsyms_num_syms', numbers(4, [BigInt(symbols.length)], little)],
    ['kallsyms_names', Uint8Array.from(names.flat())],
    ['kallsyms_markers', numbers(4, [0n], little)],
    ['kallsyms_token_table', tokens.table],
    ['kallsyms_token_index', numbers(2, tokens.starts.map(BigInt), little)],
  ];
  const addressTable = usesWords ? 'kallsyms_addresses' : 'kallsyms_offsets';
  const addressBytes = symbols.length * (usesWords ? 8 : 4);
  const addresses: [string, Uint8Array][] = [[addressTable, new Uint8Array(addressBytes)]];
  if (hasBase) addresses.push(['kallsyms_relative_base', word(base)]);

  const tables = made.addressesFirst ? [...addresses, ...texts] : [...texts, ...addresses];
  const places = new Map<string, number>();
  let end = 0;
  for (const [name, { length }] of tables) {
    places.set(name, end);
    end = Math.ceil((end + length) / 8) * 8;
  }
  const bytes = new Uint8Array(end);
  for (const [name, table] of tables) bytes.set(table, places.get(name) as number);

  const start = places.get(addressTable) as number;
  const values = symbols.map(({ address }, i) => {
    if (form === 'absolute') return address;
    if (form === 'relative') return address - base;
    if (form === 'place-relative') return address - (at + BigInt(start + 4 * i));
    return address < base ? address : base - address - 1n;
  });
  bytes.set(numbers(usesWords ? 8 : 4, values, little), start);

  const lines = [...places]
    .filter(([name]) => name !== 'kallsyms_markers')
    .map(([name, place]) => `SYMBOL(${name})=${(at + BigInt(place)).toString(16)}`);
  const stext = symbols.find(({ name }) => name === '_stext');
  if (stext !== undefined) lines.unshift(`SYMBOL(_stext)=${stext.address.toString(16)}`);
  return { bytes, at, vmcoreinfo: `${lines.join('\n')}\n`, memory: over(bytes, at, made) };
}

function over(bytes: Uint8Array, at: bigint, made: MadeKallsyms): SymbolMemory {
  return {
    byteOrder: made.byteOrder ?? 'little',
    wordBytes: made.wordBytes ?? 8,
    read: (address, length) => {
      const from = address - at;
      return from >= 0n && from + BigInt(length) <= bytes.length
        ? ok(bytes.subarray(Number(from), Number(from) + length))
        : fail('not-mapped', 'outside the tables', { address: virtAddr(address), length });
    },
  };
}

interface MadeTokens {
  readonly table: Uint8Array;
  readonly starts: readonly number[];
  readonly code: ReadonlyMap<string, number>;
}

/** Letters that occur stand for themselves; codes left over get a long token or nothing. */
function makeTokens(letters: string): MadeTokens {
  const spare = [...LONG_TOKENS];
  const code = new Map<string, number>();
  const starts: number[] = [];
  const table: number[] = [];
  for (let i = 0; i < 256; i++) {
    const letter = String.fromCharCode(i);
    const token = letters.includes(letter) ? letter : (spare.pop() ?? '');
    if (token !== '') code.set(token, i);
    starts.push(table.length);
    table.push(...[...token].map((one) => one.charCodeAt(0)), 0);
  }
  return { table: Uint8Array.from(table), starts, code };
}

/** Length (in two bytes from 128 on) and codes, the longest token first. */
function compressed(text: string, { code }: MadeTokens): number[] {
  const tokens = [...code.keys()].sort((a, b) => b.length - a.length);
  const codes: number[] = [];
  for (let at = 0; at < text.length; ) {
    const token = tokens.find((one) => text.startsWith(one, at)) as string;
    codes.push(code.get(token) as number);
    at += token.length;
  }
  const { length } = codes;
  return length < 128 ? [length, ...codes] : [(length & 0x7f) | 0x80, length >> 7, ...codes];
}

function numbers(bytes: 2 | 4 | 8, values: readonly bigint[], little: boolean): Uint8Array {
  const out = new Uint8Array(bytes * values.length);
  const view = new DataView(out.buffer);
  for (const [i, value] of values.entries()) {
    if (bytes === 2) view.setUint16(2 * i, Number(value), little);
    else if (bytes === 4) view.setUint32(4 * i, Number(BigInt.asUintN(32, value)), little);
    else view.setBigUint64(8 * i, BigInt.asUintN(64, value), little);
  }
  return out;
}
