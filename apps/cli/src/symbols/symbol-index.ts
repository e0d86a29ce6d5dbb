import { ok, type Problem, type Result } from '@pagewright/core';
import type { KernelSymbol, Symbols } from '@pagewright/dump';
import { type Kernel, type KernelImage, loadedModules } from '@pagewright/inspect';

/** A symbol with what an address has to do with it. */
export interface FoundSymbol {
  readonly name: string;
  readonly address: bigint;
  /** Bytes from the symbol to what was asked for. */
  readonly offset: bigint;
  /** Bytes up to the next symbol, where one follows. */
  readonly size?: bigint;
  /** Letter as in /proc/kallsyms. */
  readonly type?: string;
  readonly module?: string;
}

interface ModuleSymbols {
  readonly name: string;
  readonly ranges: readonly { readonly start: bigint; readonly end: bigint }[];
  /** By ascending address. */
  readonly symbols: readonly KernelSymbol[];
}

/** Symbols of a kernel and of its modules. */
export class SymbolIndex {
  private constructor(
    private readonly kernel: Symbols,
    private readonly modules: readonly ModuleSymbols[],
    /** Why modules, or some of them, are missing. */
    readonly problem: Problem | undefined,
  ) {}

  /** Codes: those of the kernel's own table. What modules lack is said in `problem`. */
  static of(kernel: KernelImage & Partial<Kernel>): Result<SymbolIndex> {
    const { symbols, types } = kernel;
    if (!symbols.ok) return symbols;
    if (types === undefined) {
      const message =
        'symbols of modules need the types of the kernel; give them with --types FILE';
      return ok(new SymbolIndex(symbols.value, [], { code: 'no-btf', message }));
    }
    const list = loadedModules({ ...kernel, types });
    if (!list.ok) return ok(new SymbolIndex(symbols.value, [], list.problem));
    let { problem } = list.value;
    const modules: ModuleSymbols[] = [];
    for (const module of list.value.modules) {
      const own = module.symbols();
      if (!own.ok) problem ??= own.problem;
      const sorted = own.ok ? own.value.toSorted((a, b) => Number(a.address - b.address)) : [];
      modules.push({ name: module.name, ranges: module.ranges, symbols: sorted });
    }
    return ok(new SymbolIndex(symbols.value, modules, problem));
  }

  /** What lies at or before an address: a module's symbol where it lies in one. */
  at(address: bigint): FoundSymbol | undefined {
    const module = this.modules.find(({ ranges }) =>
      ranges.some(({ start, end }) => address >= start && address < end),
    );
    if (module !== undefined) return nearest(module, address);
    const found = this.kernel.nearest(address);
    if (found === undefined) return undefined;
    const { name, offset, size } = found;
    return { name, address: address - offset, offset, ...(size === undefined ? {} : { size }) };
  }

  /** Every symbol of a name, in the kernel and in modules. */
  named(name: string): readonly FoundSymbol[] {
    const own = this.kernel.all(name).map((address) => {
      const size = this.kernel.nearest(address);
      const isThis = size?.offset === 0n && size.size !== undefined;
      return { name, address, offset: 0n, ...(isThis ? { size: size.size } : {}) };
    });
    return [...own, ...this.ofModules((symbol) => symbol.name === name)];
  }

  /** Every symbol whose name fits, by its table's order. */
  *fitting(fits: (name: string) => boolean): Generator<FoundSymbol> {
    for (let i = 0; i < this.kernel.count; i++) {
      const { name, address, type } = this.kernel.at(i);
      if (fits(name)) yield { name, address, type, offset: 0n };
    }
    yield* this.ofModules(({ name }) => fits(name));
  }

  private *ofModules(fits: (symbol: KernelSymbol) => boolean): Generator<FoundSymbol> {
    for (const module of this.modules) {
      for (const symbol of module.symbols) {
        if (!fits(symbol)) continue;
        const { name, address, type } = symbol;
        yield { name, address, type, offset: 0n, module: module.name };
      }
    }
  }
}

function nearest({ name, symbols }: ModuleSymbols, address: bigint): FoundSymbol | undefined {
  const after = symbols.findIndex((symbol) => symbol.address > address);
  const last = symbols[(after < 0 ? symbols.length : after) - 1];
  if (last === undefined) return undefined;
  // Of several at one place the first, as in the kernel's own table.
  const first = symbols.find((symbol) => symbol.address === last.address) ?? last;
  const next = symbols[after];
  return {
    name: first.name,
    address: first.address,
    type: first.type,
    offset: address - first.address,
    ...(next === undefined ? {} : { size: next.address - first.address }),
    module: name,
  };
}
