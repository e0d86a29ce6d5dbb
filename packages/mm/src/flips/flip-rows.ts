import type { FlippedBit, FlippedEntry } from './flips.js';
import { type KernelGroup, kernelRuns } from './fold-kernels.js';
import type { FlippedKind } from './machine.js';

/** Kernels whose flips of one entry are in the same classes. */
export interface FlipColumn {
  readonly kernels: readonly string[];
  /** The entry as the newest of them writes it. */
  readonly entry: FlippedEntry<FlippedBit>;
}

/** Neighbouring bits that all kernels treat alike. */
export interface FlipRow {
  /** `12-29`, or one number. */
  readonly bits: string;
  readonly fields: string;
  /** Where the frame of the flipped entry lies, or what the entry is no more than. */
  readonly leads: string;
  /** One a column: the class, with DEBUG_VM and without where they differ. */
  readonly cells: readonly string[];
}

/** What kernels make of the flips of one kind of entry. */
export interface FlipTable {
  readonly kind: FlippedKind;
  readonly columns: readonly FlipColumn[];
  readonly rows: readonly FlipRow[];
}

/** Puts kernels with equal classes together, and then neighbouring bits with equal rows. */
export function flipTable(
  groups: readonly KernelGroup<readonly FlippedEntry<FlippedBit>[]>[],
  kind: FlippedKind,
): FlipTable {
  const columns = new Map<string, { kernels: string[]; entry: FlippedEntry<FlippedBit> }>();
  for (const { kernels, answer } of groups) {
    const entry = answer.find((each) => each.kind === kind);
    if (entry === undefined) continue;
    const key = entry.flips.map((flip) => `${cellOf(flip)} ${leadsTo(flip)}`).join();
    const column = columns.get(key);
    if (column === undefined) columns.set(key, { kernels: [...kernels], entry });
    else {
      column.kernels.push(...kernels);
      column.entry = entry;
    }
  }
  const ordered = [...columns.values()];
  return { kind, columns: ordered, rows: rowsOf(ordered) };
}

function rowsOf(columns: readonly FlipColumn[]): FlipRow[] {
  const rows: { from: number; to: number; row: FlipRow }[] = [];
  const newest = columns.at(-1)?.entry.flips ?? [];
  for (const [bit, flip] of newest.entries()) {
    const row: FlipRow = {
      bits: '',
      fields: flip.field,
      leads: leadsTo(flip),
      cells: columns.map(({ entry }) => {
        const own = entry.flips[bit] as FlippedBit;
        return cellOf(own);
      }),
    };
    const last = rows.at(-1);
    if (last !== undefined && JSON.stringify(last.row) === JSON.stringify(row)) last.to = bit;
    else rows.push({ from: bit, to: bit, row });
  }
  return rows.map(({ from, to, row }) => ({
    ...row,
    bits: from === to ? `${from}` : `${from}-${to}`,
  }));
}

/** The class of a flip, both where DEBUG_VM makes a difference. */
export const cellOf = ({ debug, production }: FlippedBit): string =>
  debug === production ? debug : `${debug} / ${production}`;

/** Where the frame of a flipped entry lies, or what it became. */
const leadsTo = ({ place, became }: FlippedBit): string => place ?? became;

/** Names of columns: `A`, `B` and so on, with the kernels that each stands for. */
export const columnNames = (columns: readonly { readonly kernels: readonly string[] }[]) =>
  columns.map(({ kernels }, i) => ({
    name: String.fromCharCode('A'.charCodeAt(0) + i),
    kernels: kernelRuns(kernels),
  }));
