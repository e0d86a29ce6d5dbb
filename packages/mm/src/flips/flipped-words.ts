import { type Bits, bits, type EntryForm, entryKind, fieldMask } from '@pagewright/core';

/** The words that one flipped bit makes of a word, from bit 0 on. */
export const flippedWords = ({ definition }: EntryForm, word: Bits): Bits[] =>
  Array.from({ length: definition.wordBits }, (_, bit) => bits(word ^ (1n << BigInt(bit))));

/** The field of an entry that a bit belongs to; empty where none has it. */
export function fieldAt(form: EntryForm, level: 'pte' | 'pmd', word: Bits, bit: number): string {
  const kind = entryKind(form, level, word);
  const scopes = kind === 'absent' ? ['any', 'absent'] : ['any', 'present', 'leaf'];
  const found = form.definition.bits.find(
    (field) =>
      field.levels.includes(level) &&
      scopes.includes(field.scope ?? 'any') &&
      (fieldMask(field) & (1n << BigInt(bit))) !== 0n,
  );
  return found?.name ?? '';
}
