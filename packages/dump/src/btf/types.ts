import { fail, ok, type Result, type VirtAddr } from '@pagewright/core';
import { type Enumerator, enumeratorNames, enumeratorsOf, enumeratorValue } from './enumerators.js';
import type { Field, FieldReader } from './field.js';
import { isComposite, isEnum, KIND } from './kind.js';
import { type TypeLayout, typeLayout } from './layout.js';
import { NameIndex } from './name-index.js';
import { parsePath } from './path.js';
import { byteOffset, type Place, placeOf } from './place.js';
import { type AddressedMemory, type FieldSpec, type RecordReader, recordReader } from './record.js';
import { arrayOf, byteSize } from './size.js';
import { type TypeId, type TypeTable, typeTable } from './table.js';
import { StructView } from './view.js';

/** Kinds that a name finds; of several bearers of a bare name the kind that stands first wins. */
const NAMED_KINDS: readonly number[] = [
  KIND.struct,
  KIND.union,
  KIND.typedef,
  KIND.enum,
  KIND.enum64,
  KIND.int,
  KIND.float,
];
const BY_KEYWORD: ReadonlyMap<string, readonly number[]> = new Map([
  ['struct', [KIND.struct]],
  ['union', [KIND.union]],
  ['enum', [KIND.enum, KIND.enum64]],
]);

/**
 * The types of a kernel or of a module, by name. Names are C's (`struct page`, `enum pageflags`) or
 * bare (`page`); members are dotted paths behind a type's name (`task_struct.comm[0]`) and are found
 * through anonymous structs and unions. Probes answer `undefined` or false for what is not there.
 */
export class Types {
  /** Bytes of a pointer, told by the size of C's `long`. */
  readonly pointerBytes: 4 | 8;
  private names: { index: NameIndex; ids: Uint32Array } | undefined;
  private constants: { index: NameIndex; types: Uint32Array; indexes: Uint32Array } | undefined;
  private readonly readers = new Map<TypeId, Map<string, Result<FieldReader<unknown>>>>();

  constructor(
    readonly table: TypeTable,
    private readonly base?: Types,
  ) {
    this.pointerBytes = base?.pointerBytes ?? (this.longBytes() === 4 ? 4 : 8);
  }

  get byteOrder(): 'little' | 'big' {
    return this.table.byteOrder;
  }
  /** Number of types, those of the base included. */
  get count(): number {
    return this.table.endId - 1;
  }

  /** A struct or union by its bare name. */
  struct(name: string): TypeId | undefined {
    return this.all(name).find((id) => isComposite(this.table.kind(id)));
  }
  /** Any type by name; the first of several. */
  find(name: string): TypeId | undefined {
    const rank = (id: TypeId) => NAMED_KINDS.indexOf(this.table.kind(id));
    return this.all(name).reduce<TypeId | undefined>(
      (best, id) => (best === undefined || rank(id) < rank(best) ? id : best),
      undefined,
    );
  }
  /** Every type of a name, a module's own ones before those of the kernel. */
  all(name: string): readonly TypeId[] {
    const [first, ...rest] = name.trim().split(/\s+/);
    const kinds = rest.length === 1 ? BY_KEYWORD.get(first as string) : undefined;
    const bare = kinds === undefined ? name.trim() : (rest[0] as string);
    this.names ??= this.indexNames();
    const { index, ids } = this.names;
    const own = [...index.entries(bare)].map((entry) => ids[entry] as TypeId);
    const found =
      kinds === undefined ? own : own.filter((id) => kinds.includes(this.table.kind(id)));
    return this.base === undefined ? found : [...found, ...this.base.all(name)];
  }

  /** True where the type, or the member of the path, exists. */
  has(path: string): boolean {
    return this.place(path).ok;
  }
  /** Bytes from the start of the type to the member; undefined for bitfields and what is missing. */
  offset(path: string): number | undefined {
    const place = this.place(path);
    return place.ok ? byteOffset(place.value) : undefined;
  }
  /** Position and width of a bitfield, in bits; bit 0 of big-endian types is a byte's highest. */
  bitfield(path: string): { readonly bitOffset: number; readonly bitSize: number } | undefined {
    const place = this.place(path);
    if (!place.ok || place.value.bitSize === undefined) return undefined;
    return { bitOffset: place.value.bitOffset, bitSize: place.value.bitSize };
  }
  /** Bytes of a type or member. */
  sizeOf(path: string): number | undefined {
    const place = this.place(path);
    return place.ok ? this.sizeOfType(place.value.type) : undefined;
  }
  /** Bytes of a type by number. */
  sizeOfType(type: TypeId): number | undefined {
    return byteSize(this.table, type, this.pointerBytes);
  }
  /** Elements of an array type or member; 0 for a flexible one. */
  arrayLength(path: string): number | undefined {
    const place = this.place(path);
    const type = place.ok ? this.table.resolve(place.value.type) : 0;
    return this.table.kind(type) === KIND.array ? arrayOf(this.table, type).length : undefined;
  }

  /** Constants of a named enum, in order; empty where it does not exist. */
  enumerators(name: string): readonly Enumerator[] {
    const type = this.all(name).find((id) => isEnum(this.table.kind(this.table.resolve(id))));
    return type === undefined ? [] : enumeratorsOf(this.table, this.table.resolve(type));
  }
  /** A constant by its own name, whatever enum it belongs to; the first of several. */
  enumerator(name: string): bigint | undefined {
    this.constants ??= this.indexConstants();
    const { index, types, indexes } = this.constants;
    for (const entry of index.entries(name)) {
      return enumeratorValue(this.table, types[entry] as TypeId, indexes[entry] as number);
    }
    return this.base?.enumerator(name);
  }

  /** Members with offsets, sizes and holes, or constants. Codes: those of `place`. */
  layout(name: string): Result<TypeLayout> {
    const place = this.place(name);
    return place.ok ? ok(typeLayout(this, place.value.type)) : place;
  }

  /** A type's or member's place by path. Codes: `no-type`, and those of `placeIn`. */
  place(path: string): Result<Place> {
    const end = path.search(/[.[]/);
    const name = end < 0 ? path : path.slice(0, end);
    const type = this.find(name);
    if (type === undefined) return fail('no-type', `no type is named ${name}`, { type: name });
    const rest = end < 0 ? '' : path.slice(end);
    return this.placeIn(type, rest.startsWith('.') ? rest.slice(1) : rest);
  }
  /** A member's place in a type. Codes: `bad-path`, `no-member`, `not-an-array`, `beyond-array`. */
  placeIn(type: TypeId, path: string): Result<Place> {
    const steps = parsePath(path);
    return steps.ok ? placeOf(this.table, type, steps.value, this.pointerBytes) : steps;
  }

  /**
   * How a field of a type is read; looked up once. Codes: those of `placeIn`, and of the field:
   * `not-a-number`, `too-wide`, `no-size`.
   */
  fieldReader<T>(type: TypeId, wanted: Field<T>): Result<FieldReader<T>> {
    let known = this.readers.get(type);
    if (known === undefined) {
      known = new Map();
      this.readers.set(type, known);
    }
    const key = `${wanted.as} ${wanted.path}`;
    let reader = known.get(key);
    if (reader === undefined) {
      reader = this.compile(type, wanted);
      known.set(key, reader);
    }
    return reader as Result<FieldReader<T>>;
  }
  /** Chosen members of a type, for many structs. Codes: `no-type` and those of `fieldReader`. */
  record<const S extends FieldSpec>(name: string, spec: S): Result<RecordReader<S>> {
    const place = this.place(name);
    return place.ok ? recordReader(this, place.value.type, spec) : place;
  }
  /** A struct in memory, for a few looks into it. Codes: `no-type`. */
  view(memory: AddressedMemory, address: VirtAddr, name: string): Result<StructView> {
    const place = this.place(name);
    return place.ok ? ok(new StructView(this, memory, address, place.value.type)) : place;
  }

  private compile<T>(type: TypeId, wanted: Field<T>): Result<FieldReader<T>> {
    const place = this.placeIn(type, wanted.path);
    if (place.ok) return wanted.compile(this.table, place.value, this.pointerBytes);
    const { absent } = wanted;
    if (absent === undefined || place.problem.code !== 'no-member') return place;
    return ok({ start: 0, end: 0, read: () => absent.value });
  }

  private longBytes(): number | undefined {
    for (const name of ['long unsigned int', 'unsigned long', 'long int', 'long']) {
      const id = this.all(name).find((type) => this.table.kind(type) === KIND.int);
      if (id !== undefined) return this.table.sizeOrType(id);
    }
    return undefined;
  }

  private indexNames() {
    const { table } = this;
    const found = new Uint32Array(table.endId - table.firstId);
    const offsets = new Uint32Array(found.length);
    let count = 0;
    for (let id = table.firstId; id < table.endId; id++) {
      if (!NAMED_KINDS.includes(table.kind(id))) continue;
      found[count] = id;
      offsets[count++] = table.nameOffset(id);
    }
    const ids = found.subarray(0, count);
    return { index: new NameIndex(table, offsets.subarray(0, count)), ids };
  }

  private indexConstants() {
    const { table } = this;
    const enums: TypeId[] = [];
    let total = 0;
    for (let id = table.firstId; id < table.endId; id++) {
      if (!isEnum(table.kind(id))) continue;
      enums.push(id);
      total += table.vlen(id);
    }
    const types = new Uint32Array(total);
    const indexes = new Uint32Array(total);
    const offsets = new Uint32Array(total);
    let entry = 0;
    for (const id of enums) {
      enumeratorNames(table, id, offsets, entry);
      const count = table.vlen(id);
      for (let i = 0; i < count; i++) {
        types[entry] = id;
        indexes[entry++] = i;
      }
    }
    return { index: new NameIndex(table, offsets), types, indexes };
  }
}

/**
 * Reads a BTF blob; a module's split blob on the types of its kernel as `base`. The bytes stay in
 * use: pass a copy when they are a view that changes. Codes: `not-btf`, `bad-btf`, `truncated`.
 */
export function parseBtf(bytes: Uint8Array, base?: Types): Result<Types> {
  const table = typeTable(bytes, base?.table);
  return table.ok ? ok(new Types(table.value, base)) : table;
}
