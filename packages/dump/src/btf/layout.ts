import { declare, describeType } from './declaration.js';
import { type Enumerator, enumeratorsOf } from './enumerators.js';
import { isComposite, KIND } from './kind.js';
import { memberAt } from './member.js';
import type { TypeId } from './table.js';
import type { Types } from './types.js';

/** A type as a tree, with all that a picture of it needs. */
export interface TypeLayout {
  /** As C names it: `struct page`. */
  readonly type: string;
  /** Bytes; undefined where the type has none, like a function's. */
  readonly size: number | undefined;
  /** What a typedef stands for. */
  readonly aliasOf?: string;
  /** Members of a struct or union, in order. */
  readonly members: readonly MemberLayout[];
  /** Bits behind the last member of a struct. */
  readonly paddingBits: number;
  /** Constants of an enum. */
  readonly enumerators: readonly Enumerator[];
}

/** A member with its place in the outermost type. */
export interface MemberLayout {
  /** Empty for anonymous structs and unions. */
  readonly name: string;
  /** As C declares it, without the bitfield's width: `char comm[16]`. */
  readonly declaration: string;
  readonly bitOffset: number;
  readonly bitSize?: number;
  /** Bytes of the member's type. */
  readonly size: number | undefined;
  /** Unused bits of the struct in front of it. */
  readonly holeBits: number;
  /** Members of an anonymous struct or union. */
  readonly members: readonly MemberLayout[];
}

/** Members of one layout; only a damaged blob, that nests a struct again and again, has more. */
const MOST_MEMBERS = 1 << 15;
const MOST_NESTING = 32;

/** The layout of a type, anonymous members opened up (as pahole shows it). */
export function typeLayout(types: Types, id: TypeId): TypeLayout {
  const { table } = types;
  const resolved = table.resolve(id);
  const size = types.sizeOfType(id);
  const budget = { members: MOST_MEMBERS };
  const members = membersOf(types, resolved, 0, 0, budget);
  const isStruct = table.kind(resolved) === KIND.struct && members.length > 0;
  const paddingBits = isStruct ? Math.max(0, (size ?? 0) * 8 - endOf(members)) : 0;
  const enumerators = enumeratorsOf(table, resolved);
  const layout = { type: describeType(table, id), size, members, paddingBits, enumerators };
  return table.kind(id) === KIND.typedef
    ? { ...layout, aliasOf: describeType(table, table.sizeOrType(id)) }
    : layout;
}

function membersOf(
  types: Types,
  composite: TypeId,
  bitBase: number,
  depth: number,
  budget: { members: number },
): readonly MemberLayout[] {
  const { table } = types;
  const kind = table.kind(composite);
  if (!isComposite(kind) || depth > MOST_NESTING) return [];
  const members: MemberLayout[] = [];
  const count = table.vlen(composite);
  let end = bitBase;
  for (let i = 0; i < count && budget.members-- > 0; i++) {
    const member = memberAt(table, composite, i);
    const bitOffset = bitBase + member.bitOffset;
    const name = table.string(member.nameOffset);
    const inner = name === '' ? table.resolve(member.type) : 0;
    const width = member.bitSize === undefined ? {} : { bitSize: member.bitSize };
    const made = {
      name,
      declaration: declare(table, member.type, name),
      bitOffset,
      ...width,
      size: types.sizeOfType(member.type),
      holeBits: kind === KIND.struct ? Math.max(0, bitOffset - end) : 0,
      members: membersOf(types, inner, bitOffset, depth + 1, budget),
    };
    members.push(made);
    end = Math.max(end, endOf([made]));
  }
  return members;
}

/** First bit behind members. */
const endOf = (members: readonly MemberLayout[]): number =>
  members.reduce(
    (end, { bitOffset, bitSize, size }) => Math.max(end, bitOffset + (bitSize ?? (size ?? 0) * 8)),
    0,
  );
