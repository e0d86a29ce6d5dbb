import type { MemberLayout, TypeLayout } from '@pagewright/dump';
import type { JsonObject } from '@pagewright/report';

/** A layout as data: offsets in bytes, and in bits for bitfields. */
export const layoutData = (layout: TypeLayout) => ({
  type: layout.type,
  size: layout.size ?? null,
  aliasOf: layout.aliasOf ?? null,
  paddingBits: layout.paddingBits,
  members: layout.members.map(memberData),
  enumerators: layout.enumerators.map(({ name, value }) => ({ name, value: `${value}` })),
});

const memberData = (member: MemberLayout): JsonObject => ({
  name: member.name,
  declaration: member.declaration,
  offset: Math.floor(member.bitOffset / 8),
  bitOffset: member.bitOffset,
  bitSize: member.bitSize ?? null,
  size: member.size ?? null,
  holeBits: member.holeBits,
  members: member.members.map(memberData),
});
