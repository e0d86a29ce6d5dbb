export * from './children.js';
export * from './compile-bits.js';
export * from './compile-pair.js';
export * from './possible-bits.js';
export * from './word.js';
