import type { Hex } from '@pagewright/core';

/** What `symbols` answers. */
export type SymbolsOutput = {
  readonly schema: 'pagewright/symbols/1';
  readonly dump: string;
  /** One for each thing that was asked for. */
  readonly answers: readonly AskedSymbolsData[];
  /** Why symbols of modules could not be read. */
  readonly problem: string | null;
};

/** The symbols of one question; none where there is no such symbol. */
export type AskedSymbolsData = {
  readonly asked: string;
  readonly symbols: readonly SymbolData[];
};

/** A symbol. */
export type SymbolData = {
  readonly name: string;
  /** Where it begins. */
  readonly address: Hex;
  /** How far behind that the address lies that was asked for. */
  readonly offset: Hex;
  readonly size: Hex | null;
  /** The letter of kallsyms. */
  readonly type: string | null;
  /** Name of the module; null for the kernel itself. */
  readonly module: string | null;
};
