export type { AddressForm } from './addresses.js';
export { type ModuleTable, readModuleSymbols } from './module-symbols.js';
export { readKallsyms, type SymbolMemory } from './read.js';
export type { KernelSymbol, NearestSymbol, Symbols } from './symbols.js';
