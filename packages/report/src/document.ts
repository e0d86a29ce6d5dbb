/**
 * What a verb answers: a value that every renderer reads. It holds no escape codes, no widths and no
 * line breaks of its own; `data` is the same answer for programs.
 */
export interface Document {
  readonly title?: Text;
  readonly blocks: readonly Block[];
  /** What `--json` prints; begins with `schema: "pagewright/<verb>/<n>"`. */
  readonly data: JsonObject;
}

/** A value that JSON can hold; words and addresses are lower-case `0x` strings. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };
/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/** What a piece of text is, for renderers that can show it. */
export type Tone = 'plain' | 'strong' | 'dim' | 'good' | 'warning' | 'problem';
/** A piece of text with its tone. */
export interface Span {
  readonly text: string;
  readonly tone: Tone;
}
/** One line's worth of text: a string, or pieces that follow each other. */
export type Text = string | Span | readonly (string | Span)[];

/** A piece of text in a tone. */
export const span = (text: string, tone: Tone): Span => ({ text, tone });

/** The parts that documents are made of. */
export type Block = Section | Paragraph | Verbatim | Note | KeyValues | Table | BitStrip | Ranges;

/** Blocks under a heading. */
export interface Section {
  readonly kind: 'section';
  readonly title: Text;
  readonly blocks: readonly Block[];
}

/** Running text, wrapped to the width that there is. */
export interface Paragraph {
  readonly kind: 'paragraph';
  readonly text: Text;
}

/** Lines in a format that is not ours: neither wrapped nor aligned. */
export interface Verbatim {
  readonly kind: 'verbatim';
  readonly lines: readonly string[];
}

/** A remark beside the answer: an assumption, a limit, a problem. */
export interface Note {
  readonly kind: 'note';
  readonly tone: 'dim' | 'warning' | 'problem';
  readonly text: Text;
}

/** Names with values. */
export interface KeyValues {
  readonly kind: 'key-values';
  /** In the order in which they are shown. */
  readonly pairs: readonly (readonly [key: string, value: Text])[];
}

/** One column of a table; the last left-aligned column takes what does not fit. */
export interface Column {
  readonly title: string;
  /** Left where nothing is said. */
  readonly align?: 'left' | 'right';
}

/** Rows under columns; a row has one cell a column. */
export interface Table {
  readonly kind: 'table';
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Text[])[];
}

/** One field of a word. */
export interface StripField {
  readonly name: string;
  /** Lowest bit. */
  readonly low: number;
  /** Number of bits. */
  readonly width: number;
  readonly value: bigint;
  /** What the value says. */
  readonly meaning: string;
}

/** A word with its fields, highest first. */
export interface BitStrip {
  readonly kind: 'bit-strip';
  readonly wordBits: 32 | 64;
  readonly word: bigint;
  readonly fields: readonly StripField[];
}

/** One piece of an address space. */
export interface Range {
  readonly start: bigint;
  /** One past the last address; may be 2^64. */
  readonly end: bigint;
  readonly text: Text;
}

/** Pieces of an address space, in address order. */
export interface Ranges {
  readonly kind: 'ranges';
  readonly ranges: readonly Range[];
}
