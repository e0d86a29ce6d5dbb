import {
  bits,
  decodeEntry,
  type EntryForm,
  encodeEntry,
  type Helper,
  isAbsentHelper,
  type Level,
} from '@pagewright/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { everyForm, title } from './forms.js';

/** Bits of physical address that each encoding has room for. */
const ROOM = { plain: 48, wide: 52 } as const;
const roomOf = (form: EntryForm): number =>
  form.definition.bits.some(({ name }) => name === 'PTE_ADDR_HIGH') ? ROOM.wide : ROOM.plain;

const mappingLevels = (form: EntryForm) =>
  form.levels.filter((geometry) => geometry.mayMap && !geometry.folded);

/** A leaf made as the kernel makes it: pfn_pte(), or a huge entry of an upper level. */
function leafWord(form: EntryForm, deciding: Level, pfn: bigint, prot: bigint): bigint {
  const make = form.function(deciding === 'pte' ? 'pfn_pte' : `pfn_${deciding}`);
  if (isAbsentHelper(make)) throw new Error(`no pfn_${deciding}`);
  const entry = (make as Helper).bits(pfn, prot) as bigint;
  return deciding === 'pte' ? entry : form.apply(deciding, 'mkhuge', bits(entry));
}

test.each(everyForm.map((form) => [title(form), form] as const))(
  '%s: every frame of every level that maps survives',
  (_, form) => {
    const { pageShift, protectionMap } = form.definition;
    const room = roomOf(form);
    for (const { level, shift, decidedBy } of mappingLevels(form)) {
      const frames = fc.bigInt(0n, (1n << BigInt(room - shift)) - 1n);
      fc.assert(
        fc.property(frames, fc.constantFrom(...protectionMap), (block, prot) => {
          const pfn = block << BigInt(shift - pageShift);
          const raw = bits(leafWord(form, decidedBy, pfn, prot));
          const decoded = decodeEntry(form, level, raw);
          expect(decoded).toMatchObject({ kind: 'leaf', pfn });
          expect(form.apply(decidedBy, 'pgprot', raw)).toBe(
            decidedBy === 'pte' ? prot : prot & ~form.mask('PTE_TABLE_BIT'),
          );
          expect(encodeEntry(form, level, decoded)).toEqual({ ok: true, value: raw });
        }),
      );
    }
  },
);

test.each(everyForm.map((form) => [title(form), form] as const))(
  '%s: a pointer to any table survives, at every level above the ptes',
  (_, form) => {
    const { pageShift } = form.definition;
    const tables = fc.bigInt(0n, (1n << BigInt(roomOf(form) - pageShift)) - 1n);
    for (const { level } of form.levels.filter((g) => !g.folded && g.level !== 'pte')) {
      fc.assert(
        fc.property(tables, (frame) => {
          const next = frame << BigInt(pageShift);
          const entry = { kind: 'table', next, attributes: 3n } as never;
          const raw = encodeEntry(form, level, entry);
          if (!raw.ok) throw new Error(raw.problem.message);
          expect(decodeEntry(form, level, raw.value)).toEqual(entry);
        }),
      );
    }
  },
);

test.each(everyForm.map((form) => [title(form), form] as const))(
  '%s: every word is written back as it was read',
  (_, form) => {
    for (const { level } of form.levels.filter((g) => !g.folded)) {
      fc.assert(
        fc.property(fc.bigInt(0n, (1n << 64n) - 1n), (word) => {
          const decoded = decodeEntry(form, level, bits(word));
          expect(encodeEntry(form, level, decoded)).toEqual({ ok: true, value: word });
        }),
      );
    }
  },
);
