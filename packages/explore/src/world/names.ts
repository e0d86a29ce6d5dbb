import { answerOf, InFlight, Kept, Mm, type Model, Reference, Waiter } from '@pagewright/mm';
import { NAMED_ANSWERS, OPERATIONS_BY_NAME, type World } from '@pagewright/scenario/parts';
import { namesOf, operationsOf } from '../format/expand.js';
import type { Bound } from '../format/parse.js';
import { ownerOf } from './owner.js';

/** What a name that comes and goes stands for. */
export type SlotKind = 'process' | 'page' | 'reference' | 'operation' | 'task';

/**
 * The names whose meaning changes while a search goes on, each with a word that the state keeps: 0 while
 * it is free, else a record plus one; of references a bit for each.
 */
export class NameSlots {
  readonly names: readonly string[];
  readonly kinds: readonly SlotKind[];
  private readonly places: ReadonlyMap<string, number>;
  private readonly hasTasks: boolean;
  /** VMAs of the file, with the place of the process that they are of at first. */
  private readonly vmas: readonly (readonly [string, number])[];

  constructor(
    bound: Bound,
    private readonly world: World,
  ) {
    const kinds = new Map<string, SlotKind>();
    for (const [name, { kind }] of world.names) if (isSlotKind(kind)) kinds.set(name, kind);
    for (const name of Object.keys(bound.file.objects?.pages ?? {})) kinds.delete(name);
    for (const entry of bound.file.actions) {
      const operation = OPERATIONS_BY_NAME.get(operationsOf(entry)[0] ?? '');
      const kind = operation === undefined ? undefined : NAMED_ANSWERS[operation.answers];
      if (kind === undefined || !isSlotKind(kind)) continue;
      for (const name of namesOf(entry)) kinds.set(name, kind);
    }
    this.names = [...kinds.keys()];
    this.kinds = [...kinds.values()];
    this.places = new Map(this.names.map((name, i) => [name, i]));
    this.names.forEach((name, i) => {
      this.setWord(i, wordOf(world, name));
    });
    const { objects } = bound.file;
    this.vmas = Object.keys(objects?.vmas ?? {})
      .map((name) => [name, this.place(ownerOf(objects, name) ?? '')] as const)
      .filter(([, owner]) => owner >= 0);
    this.hasTasks = bound.file.actions.some((entry) =>
      operationsOf(entry).some((each) => OPERATIONS_BY_NAME.get(each)?.answers === 'task'),
    );
  }

  /** The place of a name; -1 for names that always mean the same. */
  place(name: string): number {
    return this.places.get(name) ?? -1;
  }

  /** The word of a name. */
  word(place: number): number {
    return this.world.model.state.get(Kept.word, place);
  }

  private setWord(place: number, word: number): void {
    this.world.model.state.set(Kept.word, place, word);
  }

  /** The first of some names that is free; -1 when none is. */
  firstFree(places: readonly number[]): number {
    for (const place of places) if (this.word(place) === 0) return place;
    for (const place of places) if (this.isOver(place)) return place;
    return -1;
  }

  /** An operation that has come to its end keeps its name until another needs it. */
  private isOver(place: number): boolean {
    const record = this.word(place) - 1;
    if (this.kinds[place] !== 'operation' || record < 0) return false;
    return this.world.model.state.get(InFlight.used, record) === 0;
  }

  /** A name stands for a record from now on; an operation that was over loses the record's number. */
  give(place: number, record: number): void {
    const { kinds } = this;
    if (kinds[place] === 'operation') {
      for (let i = 0; i < kinds.length; i++) {
        if (kinds[i] === 'operation' && this.word(i) === record + 1) this.setWord(i, 0);
      }
    }
    this.setWord(place, record + 1);
  }

  /** References, a bit each. */
  giveReferences(place: number, bits: number): void {
    this.setWord(place, bits);
  }

  /** Names are free whose process has ended, whose references were put, whose task is done. */
  prune(): void {
    const { kinds } = this;
    const { model } = this.world;
    const { state } = model;
    if (this.hasTasks) forgetTasks(model);
    forgetSequences(model);
    for (let i = 0; i < kinds.length; i++) {
      const word = this.word(i);
      if (word === 0) continue;
      switch (kinds[i]) {
        case 'process':
          if (state.get(Mm.used, word - 1) === 0) this.setWord(i, 0);
          break;
        case 'reference':
          if (!isAnyHeld(model, word)) this.setWord(i, 0);
          break;
        case 'task':
          if (state.get(Waiter.used, word - 1) === 0) this.setWord(i, 0);
          break;
      }
    }
  }

  /** Gives the world the names as they are now, for all that asks it by name. */
  tellWorld(): void {
    const { names } = this.world;
    this.names.forEach((name, i) => {
      const word = this.word(i);
      if (word === 0) {
        names.delete(name);
        return;
      }
      const record = word - 1;
      switch (this.kinds[i]) {
        case 'process':
          names.set(name, { kind: 'process', mm: record });
          break;
        case 'operation':
          names.set(name, { kind: 'operation', record });
          break;
        case 'task':
          names.set(name, { kind: 'task', waiter: record });
          break;
        case 'reference':
          names.set(name, { kind: 'reference', records: recordsOf(word) });
          break;
        case 'page': {
          const pfn = this.world.model.machine.memory.pfn(record);
          names.set(name, { kind: 'page', pfn, frame: record, pages: 1 });
        }
      }
    });
    for (const [name, owner] of this.vmas) {
      const named = this.world.get(name, 'VMA');
      names.set(name, { ...named, mm: this.word(owner) - 1 });
    }
  }
}

const isSlotKind = (kind: string): kind is SlotKind =>
  ['process', 'page', 'reference', 'operation', 'task'].includes(kind);

function wordOf({ names }: World, name: string): number {
  const named = names.get(name);
  switch (named?.kind) {
    case 'process':
      return named.mm + 1;
    case 'page':
      return named.frame + 1;
    case 'operation':
      return named.record + 1;
    case 'task':
      return named.waiter + 1;
    case 'reference':
      return named.records.reduce((bits, record) => bits | (1 << record), 0);
    default:
      return 0;
  }
}

/** Records of references by their bits. */
export function recordsOf(bits: number): number[] {
  const records: number[] = [];
  for (let record = 0; record < 31; record++) if ((bits >>> record) & 1) records.push(record);
  return records;
}

/** All references that are held, as bits. */
export function heldReferences({ state }: Model): number {
  const { reference: count } = state.layout.capacities;
  let bits = 0;
  for (let at = state.next(Reference.used, 0, count); at >= 0; ) {
    bits |= 1 << at;
    at = state.next(Reference.used, at + 1, count);
  }
  return bits;
}

const isAnyHeld = (model: Model, bits: number): boolean => (heldReferences(model) & bits) !== 0;

/** What a task answered is known; nothing more comes of its record. */
function forgetTasks(model: Model): void {
  const { state } = model;
  const { waiter: count } = state.layout.capacities;
  for (let at = state.next(Waiter.used, 0, count); at >= 0; ) {
    if (answerOf(model, at) !== undefined) state.clear('waiter', at);
    at = state.next(Waiter.used, at + 1, count);
  }
}

/**
 * write_protect_seq counts forks for ever. Only who reads it twice asks for more than whether it is odd:
 * while nothing is in progress, it may as well begin anew.
 */
function forgetSequences({ state }: Model): void {
  const { inFlight, mm: count } = state.layout.capacities;
  if (state.next(InFlight.used, 0, inFlight) >= 0) return;
  for (let mm = state.next(Mm.writeProtectSeq, 0, count); mm >= 0; ) {
    state.set(Mm.writeProtectSeq, mm, state.get(Mm.writeProtectSeq, mm) % 2);
    mm = state.next(Mm.writeProtectSeq, mm + 1, count);
  }
}
