import { x86Form } from '@pagewright/arch-x86';
import { matrixMarkdown, nameBits } from '@pagewright/conformance';
import {
  type Bits,
  type BitTable,
  decodeEntry,
  ENTRY_KINDS,
  type EntryForm,
  withFields,
} from '@pagewright/core';
import { scannerFor } from '@pagewright/core/scan';
import { expect, test } from 'vitest';

/** x86-64 in the newest headers, with a bit table of one's own or the kernel's. */
function formWith(bits?: BitTable): EntryForm {
  const form = x86Form('x86_64', bits === undefined ? {} : { bits });
  if (!form.ok) throw new Error(form.problem.message);
  return form.value;
}

/** The kind that the scanner finds for one word. */
function scannedKind(form: EntryForm, word: bigint): string | undefined {
  const kinds = new Uint8Array(1);
  const table = new Uint32Array(new BigUint64Array([word]).buffer);
  scannerFor(form, 'pte').collect(table, kinds, new Uint32Array(2));
  return ENTRY_KINDS[kinds[0] ?? 0];
}

/** Everything that follows from where PROTNONE lies, about a word that has just that bit. */
function seen(form: EntryForm, bit: number) {
  const word = (1n << BigInt(bit)) as Bits;
  return {
    decoded: decodeEntry(form, 'pte', word).kind,
    present: form.is('pte', 'present', word),
    protnone: form.is('pte', 'protnone', word),
    scanned: scannedKind(form, word),
    named: nameBits(form, 'pte', word).split(' ').includes('_PAGE_PROTNONE'),
    inPageNone: ((form.definition.protectionMap[0] ?? 0n) & word) !== 0n,
    documented: new RegExp(`\`_PAGE_PROTNONE\` \\| ${bit} \\|`).test(matrixMarkdown([form])),
  };
}

const HERE = {
  decoded: 'leaf',
  present: true,
  protnone: true,
  scanned: 'leaf',
  named: true,
  inPageNone: true,
  documented: true,
};
const NOT_HERE = {
  decoded: 'absent',
  present: false,
  protnone: false,
  scanned: 'absent',
  named: false,
  inPageNone: false,
  documented: false,
};

test('one bit moved in a bit table moves decode, helpers, scanner, protections and documents', () => {
  const kernel = formWith();
  expect(seen(kernel, 8)).toEqual(HERE);
  expect(seen(kernel, 55)).toEqual(NOT_HERE);
  const moved = formWith(withFields(kernel.definition.bits, { _PAGE_PROTNONE: { low: 55 } }));
  expect(seen(moved, 55)).toEqual(HERE);
  expect(seen(moved, 8)).toEqual(NOT_HERE);
});

test('a bit that no helper is about moves by itself', () => {
  const kernel = formWith();
  const moved = formWith(withFields(kernel.definition.bits, { _PAGE_NX: { low: 62 } }));
  const word = 0x25n as Bits;
  expect(moved.apply('pte', 'mkyoung', word)).toBe(kernel.apply('pte', 'mkyoung', word));
  const executable = (form: EntryForm, at: bigint): boolean =>
    form.is('pte', 'exec', (word | at) as Bits);
  expect([executable(kernel, 1n << 63n), executable(moved, 1n << 63n)]).toEqual([false, true]);
  expect([executable(kernel, 1n << 62n), executable(moved, 1n << 62n)]).toEqual([true, false]);
});
