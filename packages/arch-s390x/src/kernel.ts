/**
 * What a dumped s390x kernel and its processes ran with: pure functions of VMCOREINFO lines, of an
 * address-space-control element, of an entry of a root table. No reading.
 * @packageDocumentation
 */
import {
  type DumpFacts,
  fail,
  fieldMask,
  type HeaderGeneration,
  ok,
  type Result,
} from '@pagewright/core';
import { ASCE_FIELDS, bitTable, TABLE_TYPES } from './bits.js';
import { FORMS, type FormSpec } from './forms.js';
import { addressBits } from './geometry.js';

/** ELF e_machine of s390x. */
const EM_S390 = 22;
/** Lines that only s390x kernels write (arch/s390/kernel/machine_kexec.c, setup.c). */
const SIGNS = ['SYMBOL(lowcore_ptr)', 'SAMODE31'];

/** How a dumped kernel ran, as far as VMCOREINFO says. */
export interface DumpedForm {
  readonly spec: FormSpec;
  readonly headers: HeaderGeneration;
}

/**
 * The form of the kernel's own tables: the fewest levels that reach VMALLOC_START, which lies near
 * the top of the kernel's addresses. A process has a form of its own: `formFromAsce`,
 * `levelsFromRootEntry`. Codes: `not-this-arch`, `bad-vmcoreinfo`, `undecided`.
 */
export function dumpedForm({ elfMachine, vmcoreinfo }: DumpFacts): Result<DumpedForm> {
  const isOurs =
    elfMachine === undefined ? SIGNS.some((key) => vmcoreinfo.has(key)) : elfMachine === EM_S390;
  if (!isOurs) return fail('not-this-arch', 'the dump is not of an s390x kernel');
  const headers = headersOf(vmcoreinfo.get('OSRELEASE'));
  if (!headers.ok) return headers;
  const text = vmcoreinfo.get('NUMBER(VMALLOC_START)') ?? '';
  if (!/^0x[0-9a-f]{1,16}$/i.test(text)) {
    return fail(
      'bad-vmcoreinfo',
      `VMCOREINFO NUMBER(VMALLOC_START) is ${text === '' ? 'missing' : `no number: ${text.slice(0, 40)}`}`,
      { key: 'NUMBER(VMALLOC_START)' },
    );
  }
  const spec = [...FORMS]
    .sort((a, b) => a.levels - b.levels)
    .find(({ levels }) => BigInt(text) >> BigInt(addressBits(levels)) === 0n);
  return ok({ spec: spec as FormSpec, headers: headers.value });
}

/**
 * The generation by release. VMCOREINFO shows nothing of the change that matters here: segment bits
 * moved in 6.14, so 6.14 and later are read as 7.2. From 6.6 on a marker can say poisoned.
 */
function headersOf(release: string | undefined): Result<HeaderGeneration> {
  const [, major, minor] = /^(\d{1,4})\.(\d{1,4})(?!\d)/.exec(release ?? '') ?? [];
  if (major === undefined || minor === undefined) {
    const shown = release === undefined ? 'missing' : JSON.stringify(release.slice(0, 40));
    return fail('undecided', `VMCOREINFO does not say which release ran: OSRELEASE is ${shown}`);
  }
  const version = Number(major) * 10_000 + Number(minor);
  if (version >= 6_0014) return ok('7.2');
  return ok(version >= 6_0006 ? '6.12' : '6.1');
}

/** How many levels of tables lie below a type of root table, the root included. */
const LEVELS_BELOW = { segment: 2, region3: 3, region2: 4, region1: 5 } as const;

function levelsOfType(type: bigint): 2 | 3 | 4 | 5 {
  const found = Object.entries(TABLE_TYPES).find(([, number]) => BigInt(number) === type);
  return LEVELS_BELOW[found?.[0] as keyof typeof LEVELS_BELOW];
}

/** Value of a field in a word. */
function fieldValue(table: typeof ASCE_FIELDS, name: string, word: bigint): bigint {
  const field = table.find((f) => f.name === name);
  if (field === undefined) throw new Error(`no field ${name}`);
  return (word & fieldMask(field)) >> BigInt(field.low);
}

/**
 * Levels of tables from a root table down, by the type bits of any of its entries: empty entries
 * bear them too, so that pgd_offset() looks no further than at the first.
 */
export const levelsFromRootEntry = (entry: bigint): 2 | 3 | 4 | 5 =>
  levelsOfType(fieldValue(bitTable('7.2'), '_REGION_ENTRY_TYPE_MASK', entry));

/**
 * Name of the form that an address-space-control element designates (the word in mm->context.asce,
 * or a control register). Code `no-form` for real space and for segment tables, which only 31-bit
 * processes have.
 */
export function formFromAsce(asce: bigint): Result<string> {
  if (fieldValue(ASCE_FIELDS, '_ASCE_REAL_SPACE', asce) !== 0n) {
    return fail('no-form', 'the control element designates real space: there are no tables', {
      asce,
    });
  }
  const levels = levelsOfType(fieldValue(ASCE_FIELDS, '_ASCE_TYPE_MASK', asce));
  const spec = FORMS.find((form) => form.levels === levels);
  return spec === undefined
    ? fail('no-form', 'the control element designates a segment table (a 31-bit process)', { asce })
    : ok(spec.name);
}
