import { fail, ok, type Result } from '@pagewright/core';
import { type BtfSections, btfSections } from './header.js';
import { isModifier, KIND, KIND_SIZES, type KindSize } from './kind.js';

/** Number of a type in its blob, or in the blob it extends; 0 is `void`. */
export type TypeId = number;

/** Longest chain of typedefs and qualifiers that is followed; the kernel's own limit is 32. */
const MOST_MODIFIERS = 64;
/** Longest name; the kernel's own limit (KSYM_NAME_LEN). */
const MOST_NAME_BYTES = 512;
/** A type begins with three words: name, info, size or type. */
const HEAD_WORDS = 3;

/**
 * The types of a blob by number, as words. Split BTF (of a module) goes on where its base ends, with
 * numbers and string offsets alike. A number that no type has reads as `void`, so that a reference
 * in a damaged blob leads nowhere instead of astray.
 */
export class TypeTable {
  /** Number of the first type that this blob itself holds. */
  readonly firstId: TypeId;
  private readonly stringBase: number;

  constructor(
    readonly byteOrder: 'little' | 'big',
    private readonly words: Uint32Array,
    /** Where each type begins in `words`. */
    private readonly starts: Uint32Array,
    /** NUL-terminated names. */
    private readonly strings: Uint8Array,
    readonly base?: TypeTable,
  ) {
    this.firstId = base === undefined ? 1 : base.endId;
    this.stringBase = base === undefined ? 0 : base.stringEnd;
  }

  /** One more than the number of the last type. */
  get endId(): TypeId {
    return this.firstId + this.starts.length;
  }
  private get stringEnd(): number {
    return this.stringBase + this.strings.length;
  }

  kind(id: TypeId): number {
    return (this.word(id, 1) >>> 24) & 0x7f;
  }
  /** Number of elements: members, enumerators, parameters. */
  vlen(id: TypeId): number {
    return this.word(id, 1) & 0xff_ffff;
  }
  kindFlag(id: TypeId): boolean {
    return this.word(id, 1) >>> 31 === 1;
  }
  /** Bytes of the type, or the type it refers to, as its kind has it. */
  sizeOrType(id: TypeId): number {
    return this.word(id, 2);
  }
  /** Word `index` of what follows the type's head. */
  data(id: TypeId, index: number): number {
    return this.word(id, HEAD_WORDS + index);
  }
  nameOffset(id: TypeId): number {
    return this.word(id, 0);
  }
  name(id: TypeId): string {
    return this.string(this.nameOffset(id));
  }

  /** The name at an offset, cut at `MOST_NAME_BYTES`; empty where there is none. */
  string(offset: number): string {
    if (offset < this.stringBase) return this.base?.string(offset) ?? '';
    const start = offset - this.stringBase;
    if (start >= this.strings.length || this.strings[start] === 0) return '';
    const rest = this.strings.subarray(start, start + MOST_NAME_BYTES);
    const end = rest.indexOf(0);
    return decoder.decode(end < 0 ? rest : rest.subarray(0, end));
  }
  /** A byte of the names, those of the base first; 0 beyond their end. */
  nameByte(offset: number): number {
    if (offset < this.stringBase) return this.base?.nameByte(offset) ?? 0;
    return this.strings[offset - this.stringBase] ?? 0;
  }

  /** Follows typedefs, qualifiers and tags to what has a layout; a chain without end is `void`. */
  resolve(id: TypeId): TypeId {
    let at = id;
    for (let i = 0; i < MOST_MODIFIERS; i++) {
      if (!isModifier(this.kind(at))) return at;
      at = this.sizeOrType(at);
    }
    return 0;
  }

  private word(id: TypeId, index: number): number {
    if (id < this.firstId) return this.base?.word(id, index) ?? 0;
    const start = this.starts[id - this.firstId];
    return start === undefined ? 0 : (this.words[start + index] ?? 0);
  }
}

const decoder = new TextDecoder();

/**
 * Reads a blob's types into a table, on a base when it is split. Codes: those of `btfSections`,
 * `bad-btf` for a type of a kind that neither we nor the blob know, or one cut off by the end.
 */
export function typeTable(bytes: Uint8Array, base?: TypeTable): Result<TypeTable> {
  const sections = btfSections(bytes);
  if (!sections.ok) return sections;
  const { byteOrder, types, strings } = sections.value;
  if (base !== undefined && base.byteOrder !== byteOrder) {
    return fail('bad-btf', `${byteOrder}-endian BTF on a ${base.byteOrder}-endian base`);
  }
  const words = wordsOf(types, byteOrder);
  const starts = typeStarts(words, kindSizes(sections.value));
  if (!starts.ok) return starts;
  return ok(new TypeTable(byteOrder, words, starts.value, strings, base));
}

function wordsOf(bytes: Uint8Array, byteOrder: 'little' | 'big'): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = new Uint32Array(bytes.length / 4);
  const little = byteOrder === 'little';
  for (let i = 0; i < words.length; i++) words[i] = view.getUint32(i * 4, little);
  return words;
}

/** Our sizes, and for kinds that we do not know those of the blob's layout section. */
function kindSizes({ layout }: BtfSections): readonly KindSize[] {
  const sizes = [...KIND_SIZES];
  for (let kind = sizes.length; kind * 4 + 4 <= layout.length && kind <= 0x7f; kind++) {
    const info = layout[kind * 4] as number;
    const element = layout[kind * 4 + 1] as number;
    sizes.push({ info: Math.ceil(info / 4), element: Math.ceil(element / 4) });
  }
  return sizes;
}

function typeStarts(words: Uint32Array, sizes: readonly KindSize[]): Result<Uint32Array> {
  const starts = new Uint32Array(Math.floor(words.length / HEAD_WORDS));
  let count = 0;
  let at = 0;
  while (at < words.length) {
    const info = words[at + 1] ?? 0;
    const kind = (info >>> 24) & 0x7f;
    const size = sizes[kind];
    if (size === undefined || kind === KIND.void) {
      return fail('bad-btf', `type ${count + 1} at byte ${at * 4} is of the unknown kind ${kind}`, {
        index: count,
        offset: at * 4,
        word: info,
      });
    }
    const next = at + HEAD_WORDS + size.info + size.element * (info & 0xff_ffff);
    if (next > words.length) {
      return fail('bad-btf', `type ${count + 1} at byte ${at * 4} is cut off by the end`, {
        index: count,
        offset: at * 4,
        word: info,
      });
    }
    starts[count++] = at;
    at = next;
  }
  return ok(starts.slice(0, count));
}
