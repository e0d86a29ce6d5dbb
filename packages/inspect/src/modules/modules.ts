import {
  fail,
  hex,
  ok,
  type Problem,
  type Result,
  type VirtAddr,
  virtAddr,
} from '@pagewright/core';
import {
  type FieldValues,
  field,
  type KernelSymbol,
  readModuleSymbols,
  type Types,
} from '@pagewright/dump';
import type { Kernel } from '../kernel.js';
import { moduleTypes } from './module-types.js';

/** A loaded module; its tables are read when they are asked for. */
export interface LoadedModule {
  /** Address of its `struct module`. */
  readonly address: VirtAddr;
  readonly name: string;
  /** Its code and data, as far as they are still there. */
  readonly ranges: readonly { readonly start: VirtAddr; readonly end: bigint }[];
  /** Codes: `no-kallsyms` where it keeps none, and those of `readModuleSymbols`. */
  symbols(): Result<readonly KernelSymbol[]>;
  /**
   * Its own types, on those of the kernel. Codes: `no-btf` where it has none
   * (CONFIG_DEBUG_INFO_BTF_MODULES), those of reading and of `parseBtf`.
   */
  types(): Result<Types>;
}

/** Modules as far as the list could be followed. */
export interface ModuleList {
  readonly modules: readonly LoadedModule[];
  /** Why the list ends early: `list-loop`, `too-many-modules`, or a read that failed. */
  readonly problem?: Problem;
}

const MODULE = {
  next: field.pointer('list.next'),
  links: field.address('list'),
  name: field.string('name'),
  kallsyms: field.optional(field.pointer('kallsyms')),
};
type ModuleFields = FieldValues<typeof MODULE>;

const TABLE = {
  symtab: field.pointer('symtab'),
  count: field.number('num_symtab'),
  strtab: field.pointer('strtab'),
  typetab: field.pointer('typetab'),
};

/** No distribution has as many; no machine loads them all. */
const MOST_MODULES = 1 << 14;

/**
 * The loaded modules, from the list behind `modules`. Codes when it cannot begin: `no-modules` where
 * the symbol is missing or the kernel takes none, those of types and of reading.
 */
export function loadedModules(kernel: Kernel): Result<ModuleList> {
  const { types, virtual } = kernel;
  const head = kernel.symbol('modules');
  if (head === undefined || !types.has('module.list')) {
    return fail('no-modules', 'the kernel has no list of modules, or no symbol for it');
  }
  const reader = types.record('module', MODULE);
  const toLinks = types.offset('module.list');
  if (!reader.ok) return reader;
  const first = virtual.pointer(head);
  if (!first.ok) return first;
  const modules: LoadedModule[] = [];
  const seen = new Set<bigint>();
  for (let at = first.value; at !== head; ) {
    if (seen.has(at)) return ended(modules, 'list-loop', `modules come back to ${hex(at)}`);
    if (seen.size === MOST_MODULES) return ended(modules, 'too-many-modules', 'too many modules');
    seen.add(at);
    const address = virtAddr(BigInt.asUintN(64, at - BigInt(toLinks ?? 0)));
    const read = reader.value.read(virtual, address);
    if (!read.ok) return ok({ modules, problem: read.problem });
    const { value } = read;
    modules.push({
      address,
      name: value.name,
      ranges: rangesOf(kernel, address),
      symbols: () => symbolsOf(kernel, value),
      types: () => moduleTypes(kernel, address, value.name),
    });
    at = value.next;
  }
  return ok({ modules });
}

const ended = (modules: readonly LoadedModule[], code: string, message: string) =>
  ok({ modules, problem: { code, message } });

/** `mem` by kind since 6.4, `core_layout` before; what initialised the module is gone by then. */
function rangesOf({ types, virtual }: Kernel, address: VirtAddr): LoadedModule['ranges'] {
  const places = Array.from(
    { length: types.arrayLength('module.mem') ?? 0 },
    (_, i) => `mem[${i}]`,
  );
  if (types.has('module.core_layout')) places.push('core_layout');
  return places.flatMap((place) => {
    const reader = types.record('module', {
      base: field.pointer(`${place}.base`),
      size: field.number(`${place}.size`),
    });
    const read = reader.ok ? reader.value.read(virtual, address) : reader;
    if (!read.ok || read.value.base === 0n || read.value.size === 0) return [];
    const { base, size } = read.value;
    return [{ start: base, end: base + BigInt(size) }];
  });
}

function symbolsOf(
  { types, virtual }: Kernel,
  { name, kallsyms }: ModuleFields,
): Result<readonly KernelSymbol[]> {
  if (kallsyms === undefined || kallsyms === 0n) {
    return fail('no-kallsyms', `module ${name} keeps no symbols`);
  }
  const reader = types.record('mod_kallsyms', TABLE);
  const table = reader.ok ? reader.value.read(virtual, kallsyms) : reader;
  return table.ok ? readModuleSymbols(virtual, { module: name, ...table.value }) : table;
}

/** Types that know a name, and whose they are. */
export interface OwnedTypes {
  readonly types: Types;
  /** Absent for the kernel's own. */
  readonly module?: string;
}

/** The types that have a type or a member: the kernel's, else those of the first module that has. */
export function typesWith(kernel: Kernel, path: string): OwnedTypes | undefined {
  if (kernel.types.has(path)) return { types: kernel.types };
  const list = loadedModules(kernel);
  if (!list.ok) return undefined;
  for (const { name, types } of list.value.modules) {
    const own = types();
    if (own.ok && own.value.has(path)) return { types: own.value, module: name };
  }
  return undefined;
}
