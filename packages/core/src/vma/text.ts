import { fail, ok, type Result } from '../outcome.js';
import { hex, MASK64 } from '../units.js';
import { VM_FLAGS, type VmFlag, type VmFlagContext, vmFlagMask } from './flags.js';

/** Flags read from text. */
export interface ParsedVmFlags {
  readonly flags: bigint;
  /** `??` of smaps: flags that are set and have no letters, so their bits are not known. */
  readonly unnamed: number;
}

/** Longest text that is read: no line of flags comes near it. */
const LONGEST = 4096;

/**
 * Reads VMA flags: a number, kernel names (`VM_READ|VM_WRITE`, `read,write`) or the letters of a
 * VmFlags line of smaps (with or without its `VmFlags:`), mixed as one likes. `0` is no flag at all.
 * Letters cannot tell everything: protection keys, VM_MTE_ALLOWED and VM_ALLOW_ANY_UNCACHED have
 * none (`vmFlagsWithoutLetters`), so what smaps shows as `??` is counted in `unnamed`. A word that is
 * none of these, or a flag that the form lacks, is answered with code `unknown-vma-flag`.
 */
export function parseVmFlags(text: string, context: VmFlagContext): Result<ParsedVmFlags> {
  if (text.length > LONGEST) return unknown(text, `more than ${LONGEST} characters`);
  const words = text
    .trim()
    .replace(/^VmFlags:/, '')
    .split(/[\s|,+]+/)
    .filter((word) => word !== '');
  if (words.length === 0) return unknown(text, 'no flag is named');
  let flags = 0n;
  let unnamed = 0;
  for (const word of words) {
    if (word === '??') {
      unnamed++;
      continue;
    }
    const mask = maskOfWord(word, context);
    if (typeof mask === 'string') return unknown(word, mask);
    flags |= mask;
  }
  return ok({ flags, unnamed });
}

/** The mask that a word stands for, or what is wrong with it. */
function maskOfWord(word: string, context: VmFlagContext): bigint | string {
  if (/^(0x[0-9a-f]{1,16}|[0-9]{1,20})$/i.test(word)) {
    const number = BigInt(word);
    return number <= MASK64 ? number : 'the number is wider than 64 bits';
  }
  const name = `VM_${word.toUpperCase().replace(/^VM_/, '')}`;
  const found = VM_FLAGS.find((f) => f.name === name || f.letters === word);
  if (found === undefined) return 'no number, VM_ name or smaps letters';
  return vmFlagMask(context, found) ?? `${found.name} does not exist there (${context.headers})`;
}

const unknown = (word: string, why: string): Result<never> =>
  fail('unknown-vma-flag', `VMA flag "${word.slice(0, 40)}": ${why}`, { word: word.slice(0, 40) });

/** Flags of the context that are set, in the order of their bits, and the bits nobody names. */
function split(flags: bigint, context: VmFlagContext): { set: VmFlag[]; rest: bigint } {
  const set: { flag: VmFlag; mask: bigint }[] = [];
  let rest = flags;
  for (const flag of VM_FLAGS) {
    const mask = vmFlagMask(context, flag);
    if (mask === undefined || (rest & mask) === 0n) continue;
    set.push({ flag, mask });
    rest &= ~mask;
  }
  set.sort((a, b) => (a.mask < b.mask ? -1 : 1));
  return { set: set.map(({ flag }) => flag), rest };
}

/** Kernel names joined by `|`, bits without a name in hex; `0` when nothing is set. */
export function formatVmFlags(flags: bigint, context: VmFlagContext): string {
  const { set, rest } = split(flags, context);
  const names = set.map((flag) => flag.name);
  if (rest !== 0n) names.push(hex(rest));
  return names.length > 0 ? names.join('|') : '0';
}

/** The letters that smaps prints, in order of the bits; flags without letters are left out. */
export function smapsLetters(flags: bigint, context: VmFlagContext): string {
  return split(flags, context)
    .set.flatMap((flag) => flag.letters ?? [])
    .join(' ');
}

/** Flags of a form that no letters of smaps can express. */
export const vmFlagsWithoutLetters = (context: VmFlagContext): readonly VmFlag[] =>
  VM_FLAGS.filter((flag) => flag.letters === null && vmFlagMask(context, flag) !== undefined);
