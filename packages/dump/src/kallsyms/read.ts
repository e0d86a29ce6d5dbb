import { fail, ok, type Result, virtAddr } from '@pagewright/core';
import type { VirtualMemory } from '../virtual-memory.js';
import type { VmcoreInfo } from '../vmcoreinfo.js';
import { type Addresses, areAscending, offsetAddresses, wordAddresses } from './addresses.js';
import { type Names, readNames } from './names.js';
import { type Symbols, symbolsOf } from './symbols.js';
import { LONGEST_NAME, readTokens, TOKEN_COUNT, TOKEN_INDEX_BYTES } from './tokens.js';

/** What reading symbols needs of a kernel's virtual memory. */
export type SymbolMemory = Pick<VirtualMemory, 'byteOrder' | 'wordBytes' | 'read'>;

/** A kernel with all its drivers built in has about a million; more means broken tables. */
const MOST_SYMBOLS = 1 << 22;
/** A length and the code that begins with the type letter. */
const FEWEST_NAME_BYTES = 2;
/** Compressed names of that many symbols at 16 bytes each. */
const MOST_NAME_BYTES = 1 << 26;

/**
 * Reads the kernel's own symbol table (kernel/kallsyms.c) from where VMCOREINFO says it lies.
 * Tables are found by their symbols, so their order, which changed in 6.4, does not matter, save
 * that names always end before the tokens. Codes: `no-kallsyms` when VMCOREINFO lacks a symbol,
 * `bad-kallsyms` for tables that contradict themselves, and what reading memory answers.
 */
export function readKallsyms(memory: SymbolMemory, vmcoreinfo: VmcoreInfo): Result<Symbols> {
  const names = readNameTables(memory, vmcoreinfo);
  if (!names.ok) return names;
  const addresses = readAddresses(memory, vmcoreinfo, names.value);
  if (!addresses.ok) return addresses;
  return ok(symbolsOf(names.value, addresses.value));
}

function readNameTables(memory: SymbolMemory, vmcoreinfo: VmcoreInfo): Result<Names> {
  const little = memory.byteOrder === 'little';
  const counted = readTable(memory, vmcoreinfo, 'kallsyms_num_syms', 4);
  if (!counted.ok) return counted;
  const count = view(counted.value).getUint32(0, little);
  const areaAt = vmcoreinfo.symbol('kallsyms_names');
  const tableAt = vmcoreinfo.symbol('kallsyms_token_table');
  const indexAt = vmcoreinfo.symbol('kallsyms_token_index');
  if (areaAt === undefined) return absent('kallsyms_names');
  if (tableAt === undefined) return absent('kallsyms_token_table');
  if (indexAt === undefined) return absent('kallsyms_token_index');

  const areaBytes = tableAt - areaAt;
  const tableBytes = indexAt - tableAt;
  const isSound =
    count <= MOST_SYMBOLS &&
    areaBytes > 0n &&
    areaBytes <= MOST_NAME_BYTES &&
    count * FEWEST_NAME_BYTES <= areaBytes &&
    tableBytes > 0n &&
    tableBytes <= TOKEN_COUNT * LONGEST_NAME;
  if (!isSound) {
    const sizes = `${count} symbols in ${areaBytes} bytes of names with ${tableBytes} of tokens`;
    return fail('bad-kallsyms', `no kernel has ${sizes}`, { count, areaBytes, tableBytes });
  }
  const table = readTable(memory, vmcoreinfo, 'kallsyms_token_table', Number(tableBytes));
  if (!table.ok) return table;
  const index = readTable(memory, vmcoreinfo, 'kallsyms_token_index', TOKEN_INDEX_BYTES);
  if (!index.ok) return index;
  const tokens = readTokens(table.value, view(index.value), little);
  if (!tokens.ok) return tokens;
  const area = readTable(memory, vmcoreinfo, 'kallsyms_names', Number(areaBytes));
  if (!area.ok) return area;
  return readNames(area.value, count, tokens.value);
}

/**
 * Addresses in the form that the table is written in: the one in which `_stext` is where VMCOREINFO
 * says; where that does not decide, one in which addresses ascend.
 */
function readAddresses(
  memory: SymbolMemory,
  vmcoreinfo: VmcoreInfo,
  names: Names,
): Result<Addresses> {
  const possible = possibleAddresses(memory, vmcoreinfo, names.count);
  if (!possible.ok) return possible;
  const stext = vmcoreinfo.symbol('_stext');
  const places = stext === undefined ? [] : names.find('_stext');
  const fitting = possible.value.filter(
    (addresses) => places.length === 0 || places.some((index) => addresses.at(index) === stext),
  );
  const [first, second] = fitting;
  if (first !== undefined) {
    return ok(second === undefined ? first : (fitting.find(areAscending) ?? first));
  }
  const forms = possible.value.map(({ form }) => form).join(' or ');
  return fail(
    'bad-kallsyms',
    `kallsyms read as ${forms} does not have _stext where VMCOREINFO has`,
    {
      forms,
      stext: stext as bigint,
    },
  );
}

function possibleAddresses(
  memory: SymbolMemory,
  vmcoreinfo: VmcoreInfo,
  count: number,
): Result<readonly Addresses[]> {
  const { wordBytes } = memory;
  const little = memory.byteOrder === 'little';
  if (vmcoreinfo.symbol('kallsyms_addresses') !== undefined) {
    const bytes = count * wordBytes;
    const words = readTable(memory, vmcoreinfo, 'kallsyms_addresses', bytes);
    return words.ok ? ok([wordAddresses(view(words.value), wordBytes, little)]) : words;
  }
  const table = readTable(memory, vmcoreinfo, 'kallsyms_offsets', 4 * count);
  if (!table.ok) return table;
  const offsets = new Int32Array(count);
  const words = view(table.value);
  for (let i = 0; i < count; i++) offsets[i] = words.getInt32(4 * i, little);

  if (vmcoreinfo.symbol('kallsyms_relative_base') === undefined) {
    const at = vmcoreinfo.symbol('kallsyms_offsets') as bigint;
    const forms = wordBytes === 8 ? PLACES_64 : PLACES_32;
    return ok(forms.map((form) => offsetAddresses(offsets, form, at, wordBytes)));
  }
  const base = readTable(memory, vmcoreinfo, 'kallsyms_relative_base', wordBytes);
  if (!base.ok) return base;
  const anchor = wordAddresses(view(base.value), wordBytes, little).at(0);
  return ok(FROM_BASE.map((form) => offsetAddresses(offsets, form, anchor, wordBytes)));
}

const FROM_BASE = ['relative', 'percpu-absolute'] as const;
const PLACES_64 = ['place-relative'] as const;
/** A 32-bit kernel that cannot be relocated writes addresses themselves. */
const PLACES_32 = ['absolute', 'place-relative'] as const;

/** A copy of the table that a symbol of VMCOREINFO names. */
function readTable(
  memory: SymbolMemory,
  vmcoreinfo: VmcoreInfo,
  symbol: string,
  length: number,
): Result<Uint8Array> {
  const address = vmcoreinfo.symbol(symbol);
  if (address === undefined) return absent(symbol);
  const bytes = memory.read(virtAddr(address), length);
  return bytes.ok ? ok(bytes.value.slice()) : bytes;
}

const absent = (symbol: string) =>
  fail('no-kallsyms', `VMCOREINFO has no SYMBOL(${symbol})`, { symbol });

const view = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
