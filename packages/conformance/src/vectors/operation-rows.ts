import {
  type AbsentKind,
  type Bits,
  type EntryForm,
  genericSwapEntry,
  type Helper,
  holdsSwapValue,
  isAbsentHelper,
  migrationAgeBit,
  type SwapLevel,
  type SwapValue,
  swapValue,
  swapWord,
} from '@pagewright/core';
import { compare, leaveOut, own, type Row, type RowContext, wordOf } from './row.js';

/** Keys of a row that are inputs, with the argument of ours that each one is. */
const INPUTS: Readonly<Record<string, string>> = {
  pfn: 'pfn',
  prot: 'prot',
  in: 'entry',
  entry: 'entry',
  a: 'entry',
  b: 'other',
  write: 'write',
  vm_write: 'vmWrite',
  vm_shadow_stack: 'vmShadowStack',
  mem: 'mem',
};
/** Input keys that carry nothing to compute with. */
const NOTES = new Set(['op', 'prot_name', 'vm_flags']);
/** Output keys of rows that are not about swap values. */
const OUTPUTS = new Set(['out', 'ret', 'mem_after']);

/** Compares a row that has an `op`: building, access, pointer and swap-building helpers. */
export function compareOperationRow(row: RowContext, fields: Row): void {
  const op = String(fields.op);
  const built = op === 'swp_entry' ? typeAndOffset : absentBuilder(op);
  if (built !== undefined) compareSwapBuild(row, op, fields, built(row.form, fields));
  else if ('mem' in fields) comparePointer(row, op, fields);
  else compareFunction(row, op, fields);
}

function compareFunction(row: RowContext, op: string, fields: Row): void {
  const helper = row.form.function(op);
  const args = isAbsentHelper(helper) ? undefined : argumentsFor(op, helper, fields);
  for (const [key, expected] of outputs(op, fields)) {
    if (isAbsentHelper(helper)) leaveOut(row, op, 'the form has no such helper');
    else if (args === undefined) leaveOut(row, op, 'the row lacks an input');
    else if (key === 'out') compare(row, op, expected, helper.bits(...args));
    else leaveOut(row, `${op}.${key}`, 'not an answer that is known');
  }
}

function comparePointer(row: RowContext, op: string, fields: Row): void {
  const pointer = row.form.pointer(op);
  for (const [key, expected] of outputs(op, fields)) {
    if (isAbsentHelper(pointer)) {
      leaveOut(row, op, 'the form has no such helper');
      continue;
    }
    const helper =
      key === 'ret' ? pointer.returns : key === 'mem_after' ? pointer.memory : undefined;
    const args = helper && argumentsFor(op, helper, fields);
    if (helper === undefined || args === undefined) {
      leaveOut(row, `${op}.${key}`, 'not an answer that is known');
    } else compare(row, `${op}.${key}`, expected, helper.bits(...args));
  }
}

/** Output keys of a row with their answers; the entry of an access row is an input. */
function outputs(op: string, fields: Row): [string, unknown][] {
  return Object.entries(fields).filter(([key]) => {
    if (OUTPUTS.has(key)) return true;
    return !NOTES.has(key) && own(INPUTS, key) === undefined && !isEntryInput(op, key);
  });
}

/** `pte_access_permitted` names its entry `pte`, `pmd_mkwrite` names it `pmd`, and so on. */
const isEntryInput = (op: string, key: string): boolean =>
  (key === 'pte' || key === 'pmd' || key === 'pud') &&
  op !== 'swp_entry' &&
  !op.startsWith('make_');

function argumentsFor(op: string, helper: Helper, fields: Row): (bigint | boolean)[] | undefined {
  const given = new Map<string, bigint | boolean>();
  for (const [key, value] of Object.entries(fields)) {
    const name = own(INPUTS, key) ?? (isEntryInput(op, key) ? 'entry' : undefined);
    if (name === undefined) continue;
    const isFlag = helper.flags.has(name);
    const parsed = isFlag ? (typeof value === 'boolean' ? value : undefined) : wordOf(value);
    if (parsed !== undefined) given.set(name, parsed);
  }
  const args = helper.params.map((name) => given.get(name));
  return args.every((x) => x !== undefined) ? (args as (bigint | boolean)[]) : undefined;
}

const typeAndOffset = (_: EntryForm, fields: Row): SwapValue | undefined => {
  const type = numberOf(fields.type);
  const offset = wordOf(fields.offset);
  return type === undefined || offset === undefined ? undefined : { type: Number(type), offset };
};

/** Inputs of the rows that build a swap value. */
const SWAP_INPUTS: Readonly<Record<string, readonly string[]>> = { swp_entry: ['type', 'offset'] };

/** Builders by name: which kind they make, and where the offset comes from. */
function absentBuilder(
  op: string,
): ((form: EntryForm, fields: Row) => SwapValue | undefined) | undefined {
  const [name = '', age] = op.split('+');
  const kind = own(BUILDERS, name);
  if (kind === undefined || (age !== undefined && age !== 'young' && age !== 'dirty')) return;
  return (form, fields) => {
    const type = form.definition.swap.types.numbers[kind];
    const offset = kind === 'marker' ? numberOf(fields.marker) : wordOf(fields.pfn);
    if (type === undefined || offset === undefined) return undefined;
    const ageBit = age === undefined ? 0n : (migrationAgeBit(form, age) ?? 0n);
    return { type, offset: offset | ageBit };
  };
}

const numberOf = (value: unknown): bigint | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0
    ? BigInt(value)
    : wordOf(value);

const BUILDERS: Readonly<Record<string, AbsentKind>> = {
  make_readable_migration_entry: 'migration-read',
  make_readable_exclusive_migration_entry: 'migration-read-exclusive',
  make_writable_migration_entry: 'migration-write',
  make_readable_device_private_entry: 'device-private-read',
  make_writable_device_private_entry: 'device-private-write',
  make_device_exclusive_entry: 'device-exclusive',
  make_readable_device_exclusive_entry: 'device-exclusive-read',
  make_writable_device_exclusive_entry: 'device-exclusive-write',
  'hwpoison(swp_entry(SWP_HWPOISON,pfn))': 'hwpoison',
  make_pte_marker: 'marker',
  make_pte_marker_entry: 'marker',
};

function compareSwapBuild(
  row: RowContext,
  op: string,
  fields: Row,
  value: SwapValue | undefined,
): void {
  const inputs = new Set([...(own(SWAP_INPUTS, op) ?? ['pfn', 'marker']), ...NOTES]);
  for (const [key, expected] of Object.entries(fields)) {
    if (inputs.has(key)) continue;
    const got = value === undefined ? undefined : builtAnswer(row.form, op, key, value);
    if (got === undefined) leaveOut(row, `${op}.${key}`, 'the form cannot build this entry');
    else compare(row, `${op}.${key}`, expected, got);
  }
}

function builtAnswer(
  form: EntryForm,
  op: string,
  key: string,
  value: SwapValue,
): bigint | number | undefined {
  const has = (level: SwapLevel): boolean => holdsSwapValue(form, level);
  const back = (level: SwapLevel): SwapValue =>
    swapValue(form, level, swapWord(form, level, value) as Bits);
  switch (key) {
    case 'swp_entry_val':
      return genericSwapEntry(form, value);
    case 'pte':
      return swapWord(form, 'pte', value);
    case 'pmd':
      return has('pmd') ? swapWord(form, 'pmd', value) : undefined;
    case 'back_type':
      return back('pte').type;
    case 'back_offset':
      return back('pte').offset;
    case 'pmd_back_type':
      return has('pmd') ? back('pmd').type : undefined;
    case 'pmd_back_offset':
      return has('pmd') ? back('pmd').offset : undefined;
    // Read back from the entry: what does not fit there (alpha has 24 bits) is lost.
    case 'type':
      return op === 'swp_entry' ? undefined : back('pte').type;
    case 'offset':
      return op === 'swp_entry' ? undefined : back('pte').offset;
    default:
      return undefined;
  }
}
