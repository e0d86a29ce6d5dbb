import type { MemberLayout, TypeLayout } from '@pagewright/dump';
import { type Block, span, type Text } from '@pagewright/report';

/** A type for people: members with offset, size and holes, or constants. */
export function layoutBlocks(layout: TypeLayout): readonly Block[] {
  const { aliasOf, members, enumerators, paddingBits } = layout;
  const blocks: Block[] = [];
  if (aliasOf !== undefined) blocks.push({ kind: 'paragraph', text: `a name for ${aliasOf}` });
  if (members.length > 0) {
    blocks.push({
      kind: 'table',
      columns: [
        { title: 'offset', align: 'right' },
        { title: 'size', align: 'right' },
        { title: 'member' },
      ],
      rows: [...rowsOf(members, 0), ...holeRow(paddingBits, 0, 'padding')],
    });
  }
  if (enumerators.length > 0) {
    blocks.push({
      kind: 'table',
      columns: [{ title: 'value', align: 'right' }, { title: 'constant' }],
      rows: enumerators.map(({ name, value }) => [`${value}`, name]),
    });
  }
  return blocks;
}

type Row = readonly Text[];

function rowsOf(members: readonly MemberLayout[], depth: number): readonly Row[] {
  return members.flatMap((member): readonly Row[] => {
    const { bitOffset, bitSize, size, declaration, holeBits } = member;
    const bits = bitSize === undefined ? '' : `:${bitSize}`;
    const at = bitSize === undefined ? '' : `:${bitOffset % 8}`;
    const row: Row = [
      `${Math.floor(bitOffset / 8)}${at}`,
      bitSize === undefined ? `${size ?? ''}` : '',
      `${indent(depth)}${declaration}${bits}`,
    ];
    return [...holeRow(holeBits, depth, 'hole'), row, ...rowsOf(member.members, depth + 1)];
  });
}

const indent = (depth: number): string => '  '.repeat(depth);

function holeRow(bits: number, depth: number, what: string): readonly Row[] {
  if (bits === 0) return [];
  const size = bits % 8 === 0 ? `${bits / 8} bytes` : `${bits} bits`;
  return [['', '', span(`${indent(depth)}${what} of ${size}`, 'dim')]];
}
