import {
  type EntryForm,
  fail,
  type LinearRun,
  layoutOf,
  ok,
  type PhysicalMemory,
  physAddr,
  type Result,
  virtAddr,
} from '@pagewright/core';
import { virtualMemory } from '../src/virtual-memory.js';
import { LEAF, PRESENT } from './make-form.js';

const PAGE = 4096;
/** Frame of the root table in a made kernel's memory. */
const ROOT_FRAME = 0;

/**
 * Memory of a made kernel: page-table entries are added by `map` and `mapHuge`, words and bytes by
 * physical address. Frames not named in `frames` are not in the dump.
 */
export class MadeKernel {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private nextTable: number;
  /** Reads of physical memory so far. */
  reads = 0;

  constructor(
    readonly form: EntryForm,
    readonly frames: number,
    private readonly missing: ReadonlyMap<number, 'excluded' | 'not-in-dump'> = new Map(),
  ) {
    this.bytes = new Uint8Array(frames * PAGE);
    this.view = new DataView(this.bytes.buffer);
    this.nextTable = ROOT_FRAME + 1;
  }

  get memory(): PhysicalMemory {
    return {
      byteCount: BigInt(this.bytes.length),
      read: (address, length): Result<Uint8Array> => {
        this.reads++;
        const end = address + BigInt(length);
        if (end > BigInt(this.bytes.length)) return fail('not-in-dump', 'beyond the made memory');
        const first = Number(address) / PAGE;
        for (let frame = Math.floor(first); BigInt(frame * PAGE) < end; frame++) {
          const why = this.missing.get(frame);
          if (why !== undefined) return fail(why, `frame ${frame}`);
        }
        return ok(this.bytes.subarray(Number(address), Number(end)));
      },
    };
  }

  word(physical: number, value: bigint): this {
    this.view.setBigUint64(physical, value, this.form.definition.byteOrder === 'little');
    return this;
  }

  text(physical: number, text: string): this {
    this.bytes.set(new TextEncoder().encode(text), physical);
    return this;
  }

  /** Maps a page; its table takes the next of the frames 1, 2, 3 ... */
  map(address: bigint, frame: number): this {
    const slot = ROOT_FRAME * PAGE + Number((address >> 21n) & 511n) * 8;
    const little = this.form.definition.byteOrder === 'little';
    if (this.view.getBigUint64(slot, little) === 0n) {
      this.word(slot, BigInt(this.nextTable++ * PAGE) | PRESENT);
    }
    const table = Number(this.view.getBigUint64(slot, little) & ~0xfffn);
    return this.word(table + Number((address >> 12n) & 511n) * 8, BigInt(frame * PAGE) | PRESENT);
  }

  mapHuge(address: bigint, frame: number): this {
    const slot = ROOT_FRAME * PAGE + Number((address >> 21n) & 511n) * 8;
    return this.word(slot, BigInt(frame * PAGE) | PRESENT | LEAF);
  }

  /** Its virtual memory, with the given runs and perhaps a vmemmap. */
  virtual(runs: readonly LinearRun[] = [], vmemmap?: bigint) {
    const root = physAddr(BigInt(ROOT_FRAME * PAGE));
    const where = vmemmap === undefined ? {} : { vmemmap: virtAddr(vmemmap) };
    return virtualMemory(this.memory, layoutOf({ form: this.form, root, runs, ...where }));
  }
}
