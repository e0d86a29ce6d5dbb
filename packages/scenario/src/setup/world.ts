import type { Model, State } from '@pagewright/mm';
import { partsOf } from '../format/words.js';

/** What a name stands for while a scenario runs. */
export type Named =
  | { readonly kind: 'process'; readonly mm: number }
  | { readonly kind: 'file'; readonly mapping: number }
  /** Frames one behind the other; those without struct page have a pfn alone. */
  | { readonly kind: 'page'; readonly pfn: number; readonly frame: number; readonly pages: number }
  | { readonly kind: 'VMA'; readonly mm: number; readonly start: number; readonly pages: number }
  | { readonly kind: 'reference'; readonly records: readonly number[] }
  /** An operation in progress. */
  | { readonly kind: 'operation'; readonly record: number }
  /** Who changes a file, and may sleep meanwhile. */
  | { readonly kind: 'task'; readonly waiter: number };

/** A scenario cannot go on: what it names is not there. */
export class ScenarioStop extends Error {}

/** A moment of a world. */
export interface SavedWorld {
  readonly state: State;
  readonly names: ReadonlyMap<string, Named>;
}

/** A model with the names of a scenario. */
export class World {
  readonly names = new Map<string, Named>();

  constructor(readonly model: Model) {}

  /** State and names as they are now. */
  save(): SavedWorld {
    return { state: this.model.state.copy(), names: new Map(this.names) };
  }

  /** Goes back to what was saved, which can be gone back to again. */
  restore({ state, names }: SavedWorld): void {
    this.model.state = state.copy();
    this.names.clear();
    for (const [name, named] of names) this.names.set(name, named);
  }

  /** What a name stands for. The kind is right, since names were checked when the file was read. */
  get<K extends Named['kind']>(name: string, kind: K): Extract<Named, { kind: K }> {
    const found = this.names.get(name);
    if (found?.kind !== kind) throw new ScenarioStop(`there is no ${kind} "${name}" yet`);
    return found as Extract<Named, { kind: K }>;
  }

  /** Frame of `A` or `A+3`. */
  frame(text: string): number {
    const { name, offset } = partsOf(text);
    const { frame, pages } = this.get(name, 'page');
    if (frame < 0) throw new ScenarioStop(`"${text}" has no struct page`);
    if (offset >= pages) throw new ScenarioStop(`"${text}": "${name}" has ${pages} pages`);
    return frame + offset;
  }

  /** pfn of `A` or `A+3`. */
  pfn(text: string): number {
    const { name, offset } = partsOf(text);
    return this.get(name, 'page').pfn + offset;
  }

  /** The page and the address space that an address means. */
  address(text: string): { readonly mm: number; readonly vpn: number; readonly start: number } {
    const { name, offset, process } = partsOf(text);
    const { mm, start } = this.get(name, 'VMA');
    const where = process === undefined ? mm : this.get(process, 'process').mm;
    return { mm: where, vpn: start + offset, start };
  }

  /** How a frame is called: the scenario's name for it, or its place in memory. */
  frameName(frame: number): string {
    if (frame < 0) return frame === -1 ? 'none' : 'wild pointer';
    for (const [name, named] of this.names) {
      if (named.kind !== 'page' || named.frame < 0) continue;
      const offset = frame - named.frame;
      if (offset >= 0 && offset < named.pages) return offset === 0 ? name : `${name}+${offset}`;
    }
    const { memory } = this.model.machine;
    const pfn = memory.pfn(frame);
    const range = memory.ranges.find(
      ({ firstPfn, frames }) => pfn >= firstPfn && pfn < firstPfn + frames,
    );
    return range === undefined ? `frame ${frame}` : `${range.name}+${pfn - range.firstPfn}`;
  }

  /** How a pfn is called: as its frame, or as the scenario calls what has no struct page. */
  pfnName(pfn: number): string {
    const frame = this.model.machine.memory.frame(pfn);
    if (frame >= 0) return this.frameName(frame);
    for (const [name, named] of this.names) {
      if (named.kind !== 'page') continue;
      const offset = pfn - named.pfn;
      if (offset >= 0 && offset < named.pages) return offset === 0 ? name : `${name}+${offset}`;
    }
    return `pfn 0x${pfn.toString(16)}`;
  }

  /** Names a new process; whoever had its record before has ended. */
  nameProcess(name: string, mm: number): void {
    for (const [old, named] of this.names) {
      if (named.kind === 'process' && named.mm === mm) this.names.delete(old);
    }
    this.names.set(name, { kind: 'process', mm });
  }

  /** Names an operation that has begun; the one that had its record before is over. */
  nameOperation(name: string, record: number): void {
    for (const [old, named] of this.names) {
      if (named.kind === 'operation' && named.record === record) this.names.delete(old);
    }
    this.names.set(name, { kind: 'operation', record });
  }

  /** How an address space is called. */
  processName(mm: number): string {
    for (const [name, named] of this.names) {
      if (named.kind === 'process' && named.mm === mm) return name;
    }
    return `process ${mm}`;
  }

  /** How a page of an address space is called: by the VMA that the scenario made there. */
  addressName(mm: number, vpn: number): string {
    for (const [name, named] of this.names) {
      if (named.kind !== 'VMA') continue;
      const offset = vpn - named.start;
      if (offset < 0 || offset >= named.pages) continue;
      const place = offset === 0 ? name : `${name}+${offset}`;
      return named.mm === mm ? place : `${this.processName(mm)}:${place}`;
    }
    return `${this.processName(mm)}:page ${vpn}`;
  }
}
