import {
  type ArchBackend,
  type EntryForm,
  fail,
  layoutOf,
  ok,
  physAddr,
  type Result,
  virtAddr,
} from '@pagewright/core';
import {
  bytesSource,
  type Dump,
  openDump,
  parseBtf,
  parseVmcoreinfo,
  type Symbols,
  type Types,
} from '@pagewright/dump';
import { madeForm } from '../../dump/test/make-form.js';
import { type Kernel, type KernelArchitecture, openKernel } from '../src/index.js';
import { type MadeShape, makeTypes } from './make-types.js';

/** Where the made kernel sees its memory. */
export const BASE = 0x1000_0000n;
const MEMORY_BYTES = 1 << 18;
/** Objects begin here, each in a piece of this size. */
const FIRST_OBJECT = 0x1000;
const OBJECT_BYTES = 0x400;

/** Memory of a kernel that a test fills: objects by type and member name. */
export class MadeKernel {
  private readonly bytes = new Uint8Array(MEMORY_BYTES);
  private readonly view = new DataView(this.bytes.buffer);
  private readonly names = new Map<string, bigint>();
  private next = FIRST_OBJECT;
  readonly types: Types;

  constructor(readonly shape: MadeShape = {}) {
    const types = parseBtf(makeTypes(shape));
    if (!types.ok) throw new Error(types.problem.message);
    this.types = types.value;
  }

  /** Room for an object; its address is a multiple of 1024. */
  room(): bigint {
    const at = this.next;
    this.next += OBJECT_BYTES;
    if (this.next > MEMORY_BYTES) throw new Error('the made kernel is full');
    return BASE + BigInt(at);
  }

  /** Gives an address a symbol's name. */
  name(symbol: string, address: bigint): this {
    this.names.set(symbol, address);
    return this;
  }

  /** Writes members of an object at `address`, new room when it is left out. */
  object(
    type: string,
    members: Readonly<Record<string, bigint | number | string>>,
    address = this.room(),
  ): bigint {
    for (const [path, value] of Object.entries(members)) {
      const offset = this.types.offset(`${type}.${path}`);
      if (offset === undefined) throw new Error(`no ${type}.${path}`);
      const at = Number(address - BASE) + offset;
      if (typeof value === 'string') this.text(address + BigInt(offset), value);
      else if (this.types.sizeOf(`${type}.${path}`) === 8) {
        this.view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), true);
      } else this.view.setUint32(at, Number(BigInt.asUintN(32, BigInt(value))), true);
    }
    return address;
  }

  /** Writes text; answers where. */
  text(address: bigint, text: string): bigint {
    this.bytes.set(new TextEncoder().encode(text), Number(address - BASE));
    return address;
  }

  /** A list of tasks behind `init_task`, whose addresses are answered. */
  tasks(members: readonly Readonly<Record<string, bigint | number | string>>[]): bigint[] {
    const all = [{ comm: 'swapper/0' }, ...members];
    const addresses = all.map((each) => this.object('task_struct', each));
    const links = this.types.offset('task_struct.tasks') ?? 0;
    const linkOf = (i: number) =>
      (addresses[(i + all.length) % all.length] as bigint) + BigInt(links);
    for (const [i, address] of addresses.entries()) {
      const around = { 'tasks.next': linkOf(i + 1), 'tasks.prev': linkOf(i - 1) };
      this.object('task_struct', around, address);
    }
    this.name('init_task', addresses[0] as bigint);
    return addresses.slice(1);
  }

  get dump(): Dump {
    const dump = openDump(bytesSource('made', this.bytes));
    if (!dump.ok) throw new Error(dump.problem.message);
    return dump.value;
  }

  get symbols(): Symbols {
    const { names } = this;
    const address = (name: string) => {
      const found = names.get(name);
      return found === undefined ? undefined : virtAddr(found);
    };
    return {
      count: names.size,
      addressForm: 'absolute',
      address,
      all: (name) => [address(name)].filter((found) => found !== undefined),
      nearest: (wanted) => {
        const found = [...names].find(([, value]) => value === wanted);
        return found === undefined ? undefined : { name: found[0], offset: 0n };
      },
      at: () => {
        throw new RangeError('made symbols are asked for by name');
      },
    };
  }

  open(): Result<Kernel> {
    const { dump, types, symbols } = this;
    const vmcoreinfo = parseVmcoreinfo('OSRELEASE=made\n');
    return openKernel(dump, { architectures: [madeArchitecture()], types, symbols, vmcoreinfo });
  }

  opened(): Kernel {
    const kernel = this.open();
    if (!kernel.ok) throw new Error(kernel.problem.message);
    return kernel.value;
  }
}

/** An architecture whose memory lies at one place, and that takes every dump. */
export function madeArchitecture(takes = true): KernelArchitecture {
  const form: EntryForm = madeForm();
  const backend: ArchBackend = {
    arch: 'made',
    forms: [],
    form: () => fail('unknown-form', 'made'),
    formFromDump: () => (takes ? ok(form) : fail('not-this-arch', 'not of a made kernel')),
  };
  const end = BASE + BigInt(MEMORY_BYTES);
  const runs = [{ name: 'direct map', start: virtAddr(BASE), end, physical: 0n }];
  return {
    backend,
    kernelLayout: () => ok(layoutOf({ form, root: physAddr(0n), runs })),
  };
}
