import { layoutOf, physAddr, virtAddr } from '@pagewright/core';
import { bytesSource, openDump, parseBtf, parseVmcoreinfo, virtualMemory } from '@pagewright/dump';
import { BtfMaker } from '../../dump/test/make-btf.js';
import { madeForm } from '../../dump/test/make-form.js';
import type { Kernel } from '../src/kernel.js';
import { madeArchitecture } from './make-kernel.js';

/** Where the made memory lies, and how much there is. */
export const BASE = 0x1000_0000n;
const BYTES = 0x20000;

/** Names of the scalars that members can have. */
type Scalar = 'u64' | 'u32' | 'i32' | 'u8' | 'i64';
const SCALARS: Readonly<Record<Scalar, readonly [name: string, bytes: number, signed: boolean]>> = {
  u64: ['long unsigned int', 8, false],
  u32: ['unsigned int', 4, false],
  i32: ['int', 4, true],
  u8: ['unsigned char', 1, false],
  i64: ['long int', 8, true],
};
/** A member: its scalar, or a struct that was made before, and byte; the length of an array. */
type Member = readonly [type: string, byte: number, length?: number];

/** Memory of a kernel with the types and words that a test gives, and nothing else. */
export class MadeMemory {
  readonly bytes = new Uint8Array(BYTES);
  readonly view = new DataView(this.bytes.buffer);
  private readonly symbols = new Map<string, bigint>();
  private readonly btf = new BtfMaker();
  private readonly made = new Map<string, number>();

  struct(name: string, bytes: number, members: Readonly<Record<string, Member>>): this {
    const placed = Object.entries(members).map(([member, [type, byte, length]]) => ({
      name: member,
      type: length === undefined ? this.typeOf(type) : this.btf.array(this.typeOf(type), length),
      bitOffset: 8 * byte,
    }));
    this.made.set(name, this.btf.composite('struct', name, bytes, placed));
    return this;
  }
  private typeOf(name: string): number {
    const known = this.made.get(name);
    if (known !== undefined) return known;
    const scalar = SCALARS[name as Scalar];
    if (scalar === undefined) throw new Error(`no type ${name} was made`);
    const id = this.btf.int(...scalar);
    this.made.set(name, id);
    return id;
  }
  enum(name: string, values: Readonly<Record<string, number>>): this {
    this.btf.enum(name, values);
    return this;
  }

  word(offset: number, value: bigint): this {
    this.view.setBigUint64(offset, BigInt.asUintN(64, value), true);
    return this;
  }
  /** A word with a symbol's name. */
  variable(name: string, offset: number, value: bigint): this {
    this.symbols.set(name, BASE + BigInt(offset));
    return this.word(offset, value);
  }

  /** The kernel as the code that is tested takes it. */
  kernel(): Kernel {
    const types = parseBtf(this.btf.blob());
    const dump = openDump(bytesSource('made', this.bytes));
    if (!types.ok || !dump.ok) throw new Error('the made memory does not open');
    const form = madeForm();
    const end = BASE + BigInt(BYTES);
    const run = { name: 'direct map', start: virtAddr(BASE), end, physical: 0n };
    const layout = layoutOf({ form, root: physAddr(0n), runs: [run] });
    return {
      architecture: madeArchitecture(),
      form,
      vmcoreinfo: parseVmcoreinfo(''),
      virtual: virtualMemory(dump.value.memory, layout),
      types: types.value,
      symbols: { ok: false, problem: { code: 'no-kallsyms', message: 'none' } },
      symbol: (name) => {
        const found = this.symbols.get(name);
        return found === undefined ? undefined : virtAddr(found);
      },
    };
  }
}
