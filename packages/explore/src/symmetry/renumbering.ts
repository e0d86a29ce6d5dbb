import {
  AnonVma,
  Avc,
  Frame,
  InFlight,
  Mm,
  OWNER,
  type RecordKind,
  Reference,
  Slot,
  type State,
  Table,
  Vma,
} from '@pagewright/mm';

/** Kinds of record whose numbers mean nothing: the first free one is taken. */
export const FREE_KINDS = ['mm', 'vma', 'anonVma', 'avc', 'table'] as const;
/** One of these kinds. */
export type FreeKind = (typeof FREE_KINDS)[number];

/** Columns that refer to records of these kinds. */
export const REFERRING: ReadonlyMap<number, FreeKind> = new Map<number, FreeKind>([
  ...[Vma.mm, Table.mm, Reference.mm, InFlight.mm, Frame.mmId0, Frame.mmId1].map(
    (column) => [column, 'mm'] as const,
  ),
  ...[Mm.firstVma, Vma.next, Avc.vma, InFlight.vma, InFlight.child].map(
    (column) => [column, 'vma'] as const,
  ),
  ...[Vma.anonVma, Avc.anonVma, AnonVma.root, AnonVma.parent].map(
    (column) => [column, 'anonVma'] as const,
  ),
  ...[Vma.firstAvc, Avc.next].map((column) => [column, 'avc'] as const),
  [Mm.root, 'table'],
]);

/** A page is of an anon_vma. */
export const isAnonOwner = (owner: number): boolean => owner === OWNER.anon;

/** New numbers of records, in the order in which they are met on a walk from the processes. */
export class Renumbering {
  private readonly maps: Readonly<Record<FreeKind, Int32Array>>;
  /** Tables in the order of their new numbers, as far as processes lead to them. */
  readonly tables: number[] = [];
  private readonly next: Record<FreeKind, number> = { mm: 0, vma: 0, anonVma: 0, avc: 0, table: 0 };

  constructor(
    capacities: Readonly<Record<RecordKind, number>>,
    private readonly tableStride: number,
  ) {
    this.maps = Object.fromEntries(
      FREE_KINDS.map((kind) => [kind, new Int32Array(capacities[kind])]),
    ) as Record<FreeKind, Int32Array>;
  }

  /** The new number of a record. */
  of(kind: FreeKind, record: number): number {
    return this.maps[kind][record] as number;
  }

  /** Numbers all records, processes in an order. */
  number(state: State, processes: readonly number[]): void {
    for (const kind of FREE_KINDS) {
      this.maps[kind].fill(-1);
      this.next[kind] = 0;
    }
    this.tables.length = 0;
    for (const mm of processes) this.visitProcess(state, mm);
    for (const kind of FREE_KINDS) {
      const map = this.maps[kind];
      for (let record = 0; record < map.length; record++) this.take(kind, record);
    }
  }

  /** Gives a record the next number; false when it has one. */
  private take(kind: FreeKind, record: number): boolean {
    const map = this.maps[kind];
    if (map[record] !== -1) return false;
    map[record] = this.next[kind]++;
    return true;
  }

  private visitProcess(state: State, mm: number): void {
    if (!this.take('mm', mm)) return;
    for (let vma = state.ref(Mm.firstVma, mm); vma >= 0; vma = state.ref(Vma.next, vma)) {
      if (!this.take('vma', vma)) break;
      this.visitAnonVma(state, state.ref(Vma.anonVma, vma));
      for (let avc = state.ref(Vma.firstAvc, vma); avc >= 0; avc = state.ref(Avc.next, avc)) {
        if (!this.take('avc', avc)) break;
        this.visitAnonVma(state, state.ref(Avc.anonVma, avc));
      }
    }
    this.visitTable(state, state.ref(Mm.root, mm));
  }

  private visitAnonVma(state: State, first: number): void {
    let anonVma = first;
    while (anonVma >= 0 && this.take('anonVma', anonVma)) {
      anonVma = state.ref(AnonVma.parent, anonVma);
    }
  }

  private visitTable(state: State, table: number): void {
    if (table < 0 || !this.take('table', table)) return;
    this.tables.push(table);
    const { tableStride } = this;
    const [start, end] = [table * tableStride, (table + 1) * tableStride];
    for (let slot = state.next(Slot.entry, start, end); slot >= 0; ) {
      const entry = state.get(Slot.entry, slot);
      if (entry < 0) this.visitTable(state, -entry - 1);
      slot = state.next(Slot.entry, slot + 1, end);
    }
  }
}
