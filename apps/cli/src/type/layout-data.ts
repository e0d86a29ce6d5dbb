import type { MemberLayout, TypeLayout } from '@pagewright/dump';

/** How a type lies in memory: offsets in bytes, and in bits for bitfields. */
export type LayoutData = {
  /** The type as C names it. */
  readonly type: string;
  /** Null where it has none: an incomplete type. */
  readonly size: number | null;
  /** What it is another name for. */
  readonly aliasOf: string | null;
  /** Bits behind the last member. */
  readonly paddingBits: number;
  readonly members: readonly MemberData[];
  /** Constants of an enum; values go beyond what numbers of JSON hold, and are decimal strings. */
  readonly enumerators: readonly { readonly name: string; readonly value: string }[];
};

/** A member of a struct or union. */
export type MemberData = {
  /** Empty for a member without a name. */
  readonly name: string;
  /** As C declares it. */
  readonly declaration: string;
  /** Bytes from the start of the outermost type. */
  readonly offset: number;
  readonly bitOffset: number;
  /** Of a bitfield. */
  readonly bitSize: number | null;
  readonly size: number | null;
  /** Bits in front of it that nothing uses. */
  readonly holeBits: number;
  /** Of a member that is a struct or union without a name. */
  readonly members: readonly MemberData[];
};

/** A layout as data. */
export const layoutData = (layout: TypeLayout): LayoutData => ({
  type: layout.type,
  size: layout.size ?? null,
  aliasOf: layout.aliasOf ?? null,
  paddingBits: layout.paddingBits,
  members: layout.members.map(memberData),
  enumerators: layout.enumerators.map(({ name, value }) => ({ name, value: `${value}` })),
});

const memberData = (member: MemberLayout): MemberData => ({
  name: member.name,
  declaration: member.declaration,
  offset: Math.floor(member.bitOffset / 8),
  bitOffset: member.bitOffset,
  bitSize: member.bitSize ?? null,
  size: member.size ?? null,
  holeBits: member.holeBits,
  members: member.members.map(memberData),
});
