import { ok, type Problem, type Result } from '../outcome.js';
import { type Bits, bits, hex } from '../units.js';
import { decodeEntry, tableBits } from './decode.js';
import type { DecodedEntry } from './decoded.js';
import type { EntryForm } from './form.js';
import type { Level } from './level.js';
import { holdsSwapValue, swapWord } from './swap-entry.js';

/**
 * The word of a decoded entry: the inverse of `decodeEntry` over every word that a form can hold.
 * What does not survive being read back (a frame wider than its field, a type that the form has no
 * room for) is refused with code `not-representable`.
 */
export function encodeEntry(form: EntryForm, level: Level, entry: DecodedEntry): Result<Bits> {
  const raw = compose(form, level, entry);
  const limit = 1n << BigInt(form.definition.wordBits);
  const readBack = raw < limit ? decodeEntry(form, level, bits(raw)) : undefined;
  if (readBack !== undefined && same(readBack, entry)) return ok(bits(raw));
  return { ok: false, problem: notRepresentable(form, level, entry, raw) };
}

function compose(form: EntryForm, level: Level, entry: DecodedEntry): bigint {
  const deciding = form.deciding(level);
  switch (entry.kind) {
    case 'none':
      return entry.residue;
    case 'invalid':
      return entry.raw;
    case 'table':
      return tableBits(form, entry.next) ^ entry.attributes;
    case 'leaf': {
      const codec = form.definition.leaves[deciding];
      if (codec === undefined) return entry.attributes;
      const helper = form.codec(`compose ${deciding}`, codec.compose);
      return helper.bits(
        ...helper.params.map((name) => (name === 'pfn' ? entry.pfn : entry.attributes)),
      );
    }
    case 'absent':
      return holdsSwapValue(form, deciding) ? swapWord(form, deciding, entry) ^ entry.residue : 0n;
  }
}

function same(a: DecodedEntry, b: DecodedEntry): boolean {
  if (a.kind !== b.kind) return false;
  return Object.entries(b).every(([key, value]) => {
    const other = (a as unknown as Record<string, unknown>)[key];
    return Array.isArray(value) ? String(other) === String(value) : other === value;
  });
}

function notRepresentable(
  form: EntryForm,
  level: Level,
  entry: DecodedEntry,
  raw: bigint,
): Problem {
  return {
    code: 'not-representable',
    message: `${form.name} cannot write this ${entry.kind} entry at ${level}: ${hex(raw)} reads back differently`,
    evidence: { form: form.name, level, kind: entry.kind, raw },
  };
}
