export { checkedAddress, indexOf, rootLevel, tableBytes, tableLevels } from './address.js';
export * from './entries.js';
export * from './memory.js';
export * from './ranges.js';
export { readEntry, readTable } from './table.js';
export * from './walk.js';
