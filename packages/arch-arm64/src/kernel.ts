import {
  type DumpFacts,
  fail,
  type HeaderGeneration,
  ok,
  type Result,
  unusableLine,
} from '@pagewright/core';
import type { AddressEncoding } from './bits.js';
import { FORMS, type FormSpec } from './forms.js';

export type { AddressEncoding } from './bits.js';
export type { FormSpec } from './forms.js';
export type { Reach } from './geometry.js';
export { kernelLayout } from './kernel/layout.js';
export { kernelSpace } from './kernel/space.js';

/** ELF e_machine of arm64. */
const EM_AARCH64 = 183;
/** Addresses that no granule can translate without LPA or LPA2 begin above this many bits. */
const PLAIN_ADDRESS_BITS = 48;

/** A form and the generation of its headers. */
export interface DumpedForm {
  readonly spec: FormSpec;
  readonly headers: HeaderGeneration;
}

/**
 * The form that a dumped kernel ran with, from VMCOREINFO. What it was configured for (VA_BITS) does
 * not say how it ran: TCR_EL1_T1SZ does. Codes: `not-this-arch`, `bad-vmcoreinfo`, `undecided`,
 * `unknown-form`. Whether DEVICE_PRIVATE is on, which moves swap types, VMCOREINFO does not tell.
 */
export function dumpedForm(facts: DumpFacts): Result<DumpedForm> {
  const { elfMachine, vmcoreinfo } = facts;
  const signs = ['NUMBER(TCR_EL1_T1SZ)', 'NUMBER(kimage_voffset)'];
  const isArm64 =
    elfMachine === undefined ? signs.some((key) => vmcoreinfo.has(key)) : elfMachine === EM_AARCH64;
  if (!isArm64) return fail('not-this-arch', 'the dump is not of an arm64 kernel');
  const pageSize = readNumber(facts, 'PAGESIZE');
  if (!pageSize.ok) return pageSize;
  const addressBits = runningAddressBits(facts);
  if (!addressBits.ok) return addressBits;
  const encoding = encodingOf(pageSize.value, addressBits.value, facts);
  const generation = generationOf(vmcoreinfo);
  if (!generation.ok) return generation;
  const headers = generation.value;
  const spec = FORMS.find(
    (form) =>
      1 << form.pageShift === pageSize.value &&
      form.addressBits === addressBits.value &&
      form.encoding === encoding,
  );
  if (spec === undefined || !spec.headers.includes(headers)) {
    return fail(
      'unknown-form',
      `arm64 has no form of ${pageSize.value}-byte pages, ${addressBits.value} bits (${encoding}, headers ${headers})`,
      { pageSize: pageSize.value, addressBits: addressBits.value },
    );
  }
  return ok({ spec, headers });
}

/** 64 - T1SZ; kernels that do not say it (before 5.9) ran with what they were configured for. */
function runningAddressBits(facts: DumpFacts): Result<number> {
  const key = 'NUMBER(TCR_EL1_T1SZ)';
  if (!facts.vmcoreinfo.has(key)) return readNumber(facts, 'NUMBER(VA_BITS)');
  const unused = readNumber(facts, key);
  return unused.ok ? ok(64 - unused.value) : unused;
}

/**
 * LPA2 is in use where 4K or 16K pages translate more than 48 bits. With 64K pages entries are
 * always read as LPA when the kernel is configured for 52-bit physical addresses.
 */
function encodingOf(pageSize: number, addressBits: number, facts: DumpFacts): AddressEncoding {
  const wide = addressBits > PLAIN_ADDRESS_BITS;
  if (pageSize < 65536) return wide ? 'lpa2' : 'plain';
  const physical = readNumber(facts, 'NUMBER(MAX_PHYSMEM_BITS)');
  return wide || (physical.ok && physical.value > PLAIN_ADDRESS_BITS) ? 'lpa' : 'plain';
}

/**
 * Lines that came or went near the changes of arm64's entries, newest first: page.compound_info with
 * 7.x, the slab page type in 6.11, one release after PROT_NONE and the swap fields moved. A 6.10
 * kernel is therefore taken for an older one.
 */
const GENERATION_SIGNS: readonly (readonly [string, HeaderGeneration])[] = [
  ['OFFSET(page.compound_info)', '7.2'],
  ['NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)', '6.12'],
  ['NUMBER(PG_slab)', '6.1'],
];

function generationOf(lines: DumpFacts['vmcoreinfo']): Result<HeaderGeneration> {
  const found = GENERATION_SIGNS.find(([key]) => lines.has(key));
  if (found !== undefined) return ok(found[1]);
  const keys = GENERATION_SIGNS.map(([key]) => key).join(', ');
  return fail('undecided', `VMCOREINFO has none of ${keys}`);
}

function readNumber(facts: DumpFacts, key: string): Result<number> {
  const text = facts.vmcoreinfo.get(key);
  const isNumber = /^(0x[0-9a-f]{1,8}|\d{1,9})$/i.test(text ?? '');
  return isNumber ? ok(Number(text)) : unusableLine(facts, key);
}
