import { type Bits, bits } from '@pagewright/core';
import type { Field, LogPlace, LogPointer } from '../incident.js';
import type { MendedText } from './mended.js';

/** A 64-bit word of a log; undefined for what is none (`...`, damaged, longer than a word). */
export function wordOf(digits: string | undefined): Bits | undefined {
  if (digits === undefined || !/^(?:0x)?[0-9a-f]{1,16}$/i.test(digits)) return undefined;
  return bits(BigInt(`0x${digits.replace(/^0x/i, '')}`));
}

/** What a pointer was printed as: null words, plain ones, and those that hide what they were. */
export function pointerOf(printed: string): LogPointer {
  if (/^\(null\)$/.test(printed)) return bits(0n);
  return wordOf(printed) ?? null;
}

/** A part of a log in which a report is read: fields are found by patterns, with their places. */
export class Region {
  readonly text: string;

  constructor(
    private readonly log: MendedText,
    readonly start: number,
    readonly end: number,
  ) {
    this.text = log.text.slice(start, end);
  }

  /** The same without what lies before an offset of this region, or from another on. */
  part(from: number, to = this.text.length): Region {
    return new Region(this.log, this.start + from, this.start + to);
  }

  /** Place of an offset of the region. */
  place(offset: number): LogPlace {
    return this.log.place(this.start + offset);
  }

  /** The first match of a pattern, which must have the `d` flag; places are those of its group 1. */
  find(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = 0;
    return pattern.exec(this.text) ?? undefined;
  }

  /** Group 1 of the first match, read. */
  field<T>(pattern: RegExp, read: (printed: string) => T | undefined): Field<T> | undefined {
    const found = this.find(pattern);
    return found === undefined ? undefined : this.group(found, 1, read);
  }

  /** A group of a match, read. */
  group<T>(
    found: RegExpExecArray,
    group: number,
    read: (printed: string) => T | undefined,
  ): Field<T> | undefined {
    const printed = found[group];
    if (printed === undefined) return undefined;
    const value = read(printed);
    if (value === undefined) return undefined;
    return { value, at: this.place(found.indices?.[group]?.[0] ?? found.index) };
  }
}

/** As it is printed. */
export const asText = (printed: string): string => printed;
/** A decimal number with its sign, as far as it is exact. */
export const asNumber = (printed: string): number | undefined => {
  const value = Number(printed);
  return Number.isSafeInteger(value) ? value : undefined;
};
/** A hexadecimal number with or without `0x`. */
export const asHex = (printed: string): bigint | undefined => wordOf(printed);
