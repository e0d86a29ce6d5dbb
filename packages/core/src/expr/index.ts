export * from './children.js';
export { type BitsFunction, compileBits } from './compile-bits.js';
export * from './word.js';
