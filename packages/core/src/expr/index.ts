export * from './children.js';
export { type BitsFunction, compileBits } from './compile-bits.js';
export {
  compilePairTest,
  compilePairWord,
  type PairTestFunction,
  type PairWordFunction,
} from './compile-pair.js';
export * from './word.js';
