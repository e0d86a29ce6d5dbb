import { AnonVma, Avc, type Machine, Mm, Slot, type State, Table, Vma } from '@pagewright/mm';

const ROUNDS = 3;

/**
 * Numbers for processes that are equal for those that differ by their records alone: of what they map,
 * and of the anon_vmas that lead to and from them. They are the same in every thread: the numbers that a
 * machine has for entries, rights and flags are its own.
 */
export class Colours {
  private readonly anonVmas: Int32Array;
  /** The same of the round before: what a record finds must not depend on its number. */
  private readonly earlier: Int32Array;
  private readonly sums: Int32Array;
  readonly mms: Int32Array;
  private readonly own: Int32Array;
  /** What words add to a colour, computed once for each. */
  private readonly words = new Map<bigint, number>();

  constructor(
    private readonly machine: Machine,
    /** What of an entry of a slot counts, as a word. */
    private readonly shapeOf: (state: State, slot: number, entry: number) => bigint,
  ) {
    const { capacities } = machine.layout;
    this.anonVmas = new Int32Array(capacities.anonVma);
    this.earlier = new Int32Array(capacities.anonVma);
    this.sums = new Int32Array(capacities.anonVma);
    this.mms = new Int32Array(capacities.mm);
    this.own = new Int32Array(capacities.mm);
  }

  /** Colours the processes of a state. */
  find(state: State, processes: readonly number[]): void {
    const { mms, own } = this;
    const { capacities } = this.machine.layout;
    for (const mm of processes) {
      own[mm] = this.ofTables(state, state.ref(Mm.root, mm), this.ofProcess(state, mm));
      mms[mm] = own[mm] as number;
    }
    this.anonVmas.fill(0);
    for (let round = 0; round < ROUNDS; round++) {
      this.sums.fill(0);
      this.earlier.set(this.anonVmas);
      const { avc: avcs } = capacities;
      for (let avc = state.next(Avc.used, 0, avcs); avc >= 0; ) {
        const mm = state.ref(Vma.mm, state.ref(Avc.vma, avc));
        const at = state.ref(Avc.anonVma, avc);
        this.sums[at] = ((this.sums[at] as number) + mix(mms[mm] as number, 7)) | 0;
        avc = state.next(Avc.used, avc + 1, avcs);
      }
      this.colourAnonVmas(state);
      for (const mm of processes) mms[mm] = this.ofChains(state, mm, own[mm] as number);
    }
  }

  private colourAnonVmas(state: State): void {
    const { anonVma: count } = this.machine.layout.capacities;
    for (let at = state.next(AnonVma.used, 0, count); at >= 0; ) {
      let colour = this.sums[at] as number;
      for (const field of ANON_VMA_FIELDS) colour = mix(colour, state.get(field, at));
      const parent = state.ref(AnonVma.parent, at);
      const above = parent < 0 || parent === at ? 0 : (this.earlier[parent] as number);
      this.anonVmas[at] = mix(colour, above);
      at = state.next(AnonVma.used, at + 1, count);
    }
  }

  private ofChains(state: State, mm: number, first: number): number {
    let colour = first;
    for (let vma = state.ref(Mm.firstVma, mm); vma >= 0; vma = state.ref(Vma.next, vma)) {
      const own = state.ref(Vma.anonVma, vma);
      colour = mix(colour, own < 0 ? 1 : (this.anonVmas[own] as number));
      for (let avc = state.ref(Vma.firstAvc, vma); avc >= 0; avc = state.ref(Avc.next, avc)) {
        colour = mix(colour, this.anonVmas[state.ref(Avc.anonVma, avc)] as number);
      }
    }
    return colour;
  }

  /** Entries by place; pointers to tables count for what the tables hold. */
  private ofTables(state: State, table: number, first: number): number {
    let colour = first;
    if (table < 0) return colour;
    colour = mix(colour, state.get(Table.deposits, table));
    const { tableStride } = this.machine;
    const [start, end] = [table * tableStride, (table + 1) * tableStride];
    for (let slot = state.next(Slot.entry, start, end); slot >= 0; ) {
      const entry = state.get(Slot.entry, slot);
      colour = mix(colour, slot - start);
      colour =
        entry < 0
          ? this.ofTables(state, -entry - 1, colour)
          : mix(colour, this.ofWord(this.shapeOf(state, slot, entry)));
      slot = state.next(Slot.entry, slot + 1, end);
    }
    return colour;
  }

  private ofProcess(state: State, mm: number): number {
    const { flagSets, prots } = this.machine;
    let colour = 17;
    for (const field of MM_FIELDS) colour = mix(colour, state.get(field, mm));
    for (let vma = state.ref(Mm.firstVma, mm); vma >= 0; vma = state.ref(Vma.next, vma)) {
      for (const field of VMA_FIELDS) colour = mix(colour, state.get(field, vma));
      colour = mix(colour, this.ofWord(flagSets.value(state.get(Vma.flags, vma))));
      colour = mix(colour, this.ofWord(prots.word(state.get(Vma.pageProt, vma))));
    }
    return colour;
  }

  private ofWord(word: bigint): number {
    let found = this.words.get(word);
    if (found === undefined) {
      found = mix(Number(word & 0xffff_ffffn), Number(word >> 32n));
      this.words.set(word, found);
    }
    return found;
  }
}

const ANON_VMA_FIELDS = [
  AnonVma.refcount,
  AnonVma.numChildren,
  AnonVma.numActiveVmas,
  AnonVma.degree,
] as const;
const MM_FIELDS = [
  ...[Mm.filePages, Mm.anonPages, Mm.swapEntries, Mm.shmemPages, Mm.nrPtes, Mm.flags],
  ...[Mm.writeProtectSeq, Mm.mmapLock],
] as const;
const VMA_FIELDS = [Vma.start, Vma.end, Vma.pgoff, Vma.ops] as const;

function mix(colour: number, value: number): number {
  const mixed = Math.imul(colour ^ value, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
