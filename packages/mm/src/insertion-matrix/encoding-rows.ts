import type { EntryForm, Result, Revision, SwapLevel } from '@pagewright/core';
import { foldKernels, type KernelGroup } from '../flips/fold-kernels.js';
import { exampleFrames, type MemoryLayout } from '../flips/layout.js';
import { type EncodedKind, encodedKinds } from './encodings.js';

/** Kinds of a level that a compare reads alike. */
export interface EncodingRow {
  readonly level: SwapLevel;
  readonly kinds: readonly string[];
  /** `24 x 2^50`: types, and offsets of each; less one where the empty entry is among them. */
  readonly entries: string;
  readonly matching: string;
  readonly zero: string;
  /** All others: they warn. */
  readonly warning: string;
  /** How many match some frame of the machine. */
  readonly matchingSome: string;
  /** What an entry whose offset is X is read as. */
  readonly readsAs: string;
}

/**
 * All absent entries of a form by what the compare of an insertion makes of them, for kernels that
 * write entries alike: a frame of RAM is inserted, any frame of the layout might be.
 */
export function encodingsMatrix(
  revisions: readonly Revision[],
  formOf: (revision: Revision) => Result<EntryForm>,
  layout: MemoryLayout,
): Result<KernelGroup<readonly EncodedKind[]>[]> {
  return foldKernels(revisions, formOf, (form) => {
    const { pageShift } = form.definition;
    const { pages, zero } = exampleFrames(layout, pageShift);
    const all = layout.ranges.map(
      ({ start, end }) =>
        [BigInt(start) >> BigInt(pageShift), BigInt(end) >> BigInt(pageShift)] as const,
    );
    const geometry = form.geometry('pmd');
    const hugePages = geometry === undefined ? 1 : 2 ** (geometry.shift - pageShift);
    const huge = pages - (pages % hugePages);
    return [
      ...encodedKinds(form, 'pte', { pfn: BigInt(pages), zero: BigInt(zero), all }),
      ...encodedKinds(form, 'pmd', { pfn: BigInt(huge), all }).filter(({ kind }) =>
        ['migration-read', 'migration-read-exclusive', 'migration-write'].includes(kind),
      ),
    ];
  });
}

/** The kinds of a form, those with equal numbers in one row. */
export function encodingRows(kinds: readonly EncodedKind[]): EncodingRow[] {
  const rows = new Map<string, { kinds: string[]; row: Omit<EncodingRow, 'kinds'> }>();
  for (const each of kinds) {
    const row = {
      level: each.level,
      entries: entriesText(each),
      matching: countText(each.matching),
      zero: countText(each.zero),
      warning: countText(each.warning),
      matchingSome: shareText(each.matchingSome, each.entries),
      readsAs: readsAs(each),
    };
    const key = JSON.stringify(row);
    const known = rows.get(key);
    if (known === undefined) rows.set(key, { kinds: [each.kind], row });
    else known.kinds.push(each.kind);
  }
  return [...rows.values()].map(({ kinds: names, row }) => ({ kinds: names, ...row }));
}

function entriesText({ types, offsetBits, entries }: EncodedKind): string {
  const all = types === 1 ? `2^${offsetBits}` : `${types} x 2^${offsetBits}`;
  return entries === BigInt(types) << BigInt(offsetBits) ? all : `${all} - 1`;
}

const EXACT = 10n ** 9n;
/** A count: in full while that is short, else to three digits. */
const countText = (count: bigint): string =>
  count < EXACT ? `${count}` : `${Number(count).toPrecision(3).replace('e+', 'e')}`;

/** `1 in 1000`, rounded. */
const shareText = (part: bigint, all: bigint): string =>
  part === 0n ? 'none' : part === all ? 'all' : `1 in ${countText(all / part)}`;

function readsAs({ shift }: EncodedKind): string {
  if (shift === undefined) return 'bits of X';
  if (shift === 0) return 'X';
  return shift < 0 ? `X >> ${-shift}` : `X << ${shift}`;
}
