export type { Enumerator } from './enumerators.js';
export { type Field, type FieldReader, field } from './field.js';
export type { MemberLayout, TypeLayout } from './layout.js';
export type { Place } from './place.js';
export { parseTypesFile, readBtf, type SymbolAddresses } from './read.js';
export type { AddressedMemory, FieldSpec, FieldValues, RecordReader } from './record.js';
export type { TypeId, TypeTable } from './table.js';
export { parseBtf, Types } from './types.js';
export type { StructView } from './view.js';
