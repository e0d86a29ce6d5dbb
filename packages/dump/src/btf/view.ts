import { ok, type Result, type VirtAddr, virtAddr } from '@pagewright/core';
import { type Field, field } from './field.js';
import { KIND } from './kind.js';
import { type AddressedMemory, recordReader } from './record.js';
import type { TypeId } from './table.js';
import type { Types } from './types.js';

/** Structs up to this size are read whole, at the first look into them. */
const MOST_WHOLE_BYTES = 1 << 14;

/**
 * A struct in memory, members by name. Nothing is read before the first look; then the struct is
 * read once, or member by member where it is large or only partly there. What was read stays: a view
 * shows one moment. Problems: those of `Types.fieldReader` and of the memory.
 */
export class StructView {
  private whole: DataView | 'not-read' | 'unreadable' = 'not-read';

  constructor(
    private readonly types: Types,
    private readonly memory: AddressedMemory,
    readonly address: VirtAddr,
    readonly type: TypeId,
  ) {}

  /** Any field. */
  get<T>(wanted: Field<T>): Result<T> {
    const whole = this.wholeView();
    const reader = this.types.fieldReader(this.type, wanted);
    if (!reader.ok) return reader;
    const { end, read } = reader.value;
    if (whole !== undefined && end <= whole.byteLength) return ok(read(whole, 0, this.address));
    const single = recordReader(this.types, this.type, { value: wanted });
    if (!single.ok) return single;
    const found = single.value.read(this.memory, this.address);
    return found.ok ? ok(found.value.value as T) : found;
  }
  int(path: string): Result<bigint> {
    return this.get(field.int(path));
  }
  number(path: string): Result<number> {
    return this.get(field.number(path));
  }
  pointer(path: string): Result<VirtAddr> {
    return this.get(field.pointer(path));
  }
  string(path: string): Result<string> {
    return this.get(field.string(path));
  }

  /** A struct that lies inside this one. */
  inner(path: string): Result<StructView> {
    const place = this.types.placeIn(this.type, path);
    if (!place.ok) return place;
    const offset = BigInt(Math.floor(place.value.bitOffset / 8));
    const address = virtAddr(BigInt.asUintN(64, this.address + offset));
    return ok(new StructView(this.types, this.memory, address, place.value.type));
  }

  /** The struct that a pointer member points to; undefined for NULL. */
  follow(path: string): Result<StructView | undefined> {
    const place = this.types.placeIn(this.type, path);
    if (!place.ok) return place;
    const address = this.pointer(path);
    if (!address.ok) return address;
    if (address.value === 0n) return ok(undefined);
    const { table } = this.types;
    const pointer = table.resolve(place.value.type);
    const target = table.kind(pointer) === KIND.ptr ? table.sizeOrType(pointer) : 0;
    return ok(new StructView(this.types, this.memory, address.value, target));
  }

  private wholeView(): DataView | undefined {
    if (this.whole === 'not-read') this.whole = this.readWhole() ?? 'unreadable';
    return this.whole === 'unreadable' ? undefined : this.whole;
  }
  private readWhole(): DataView | undefined {
    const size = this.types.sizeOfType(this.type);
    if (size === undefined || size > MOST_WHOLE_BYTES) return undefined;
    const found = this.memory.read(this.address, size);
    return found.ok ? new DataView(found.value.slice().buffer) : undefined;
  }
}
