import { isComposite, KIND } from './kind.js';
import type { TypeId, TypeTable } from './table.js';

/** A member of a struct or union as BTF has it. */
export interface RawMember {
  readonly nameOffset: number;
  readonly type: TypeId;
  /** Bits from the start of the struct; on big-endian machines bit 0 is a byte's highest. */
  readonly bitOffset: number;
  /** Width of a bitfield. */
  readonly bitSize?: number;
}

const MEMBER_WORDS = 3;

/**
 * Member `index` (struct btf_member). The kind flag puts a bitfield's width into the offset word;
 * without it a bitfield is one whose integer type says so itself (btf_member_bit_offset() and
 * btf_int_bits(), kernel/bpf/btf.c).
 */
export function memberAt(table: TypeTable, composite: TypeId, index: number): RawMember {
  const nameOffset = table.data(composite, index * MEMBER_WORDS);
  const type = table.data(composite, index * MEMBER_WORDS + 1);
  const place = table.data(composite, index * MEMBER_WORDS + 2);
  if (table.kindFlag(composite)) {
    const bitOffset = place & 0xff_ffff;
    const bitSize = place >>> 24;
    return bitSize === 0
      ? { nameOffset, type, bitOffset }
      : { nameOffset, type, bitOffset, bitSize };
  }
  const resolved = table.resolve(type);
  if (table.kind(resolved) === KIND.int) {
    const { bits, offset } = intOf(table, resolved);
    if (offset !== 0 || bits < table.sizeOrType(resolved) * 8) {
      return { nameOffset, type, bitOffset: place + offset, bitSize: bits };
    }
  }
  return { nameOffset, type, bitOffset: place };
}

/** Encoding, width and offset of an integer type, in bits. */
export function intOf(table: TypeTable, id: TypeId) {
  const word = table.data(id, 0);
  return {
    signed: (word & (1 << 24)) !== 0,
    character: (word & (2 << 24)) !== 0,
    bits: word & 0xff,
    offset: (word >>> 16) & 0xff,
  };
}

/** Anonymous members nest no deeper than this. */
const MOST_NESTING = 32;

/** Finds a member by name, also inside anonymous structs and unions; its offset is the outer's. */
export function findMember(
  table: TypeTable,
  composite: TypeId,
  name: string,
): RawMember | undefined {
  const wanted = new TextEncoder().encode(name);
  // What was searched in vain is not searched again: keeps nested repetitions from multiplying.
  const seen = new Set<TypeId>();
  const search = (id: TypeId, bitBase: number, depth: number): RawMember | undefined => {
    if (seen.has(id) || depth > MOST_NESTING) return undefined;
    seen.add(id);
    const count = table.vlen(id);
    for (let i = 0; i < count; i++) {
      const member = memberAt(table, id, i);
      const bitOffset = bitBase + member.bitOffset;
      if (isNamed(table, member.nameOffset, wanted)) return { ...member, bitOffset };
      if (table.nameByte(member.nameOffset) !== 0) continue;
      const inner = table.resolve(member.type);
      if (!isComposite(table.kind(inner))) continue;
      const found = search(inner, bitOffset, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return isComposite(table.kind(composite)) ? search(composite, 0, 0) : undefined;
}

function isNamed(table: TypeTable, offset: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) {
    if (table.nameByte(offset + i) !== wanted[i]) return false;
  }
  return table.nameByte(offset + wanted.length) === 0;
}
