import type { LayoutData } from '../type/layout-data.js';

/** What `type` answers. */
export type TypeOutput = {
  readonly schema: 'pagewright/type/1';
  readonly dump: string;
  readonly asked: string;
  /** Module that has the type; null for the kernel itself. */
  readonly module: string | null;
  /** Of a member: bytes from the start of the type that it is a member of. */
  readonly offset: number | null;
  /** The same in bits. */
  readonly bitOffset: number | null;
  /** Bits of a bitfield. */
  readonly bitSize: number | null;
} & LayoutData;
