import { MASK64 } from '../units.js';

/**
 * Entry helpers as data. A `Word` is an expression that yields an unsigned 64-bit word, a `Test` one
 * that yields a boolean. Backends write every kernel helper as such an expression over the masks of
 * their bit table; the same declaration is then compiled to bigint code, to code on pairs of 32-bit
 * words, into the bulk scanner, and printed in the documentation. Expressions are pure and total.
 * Nodes may be shared: a shared node is computed once.
 */
export type Word =
  | { readonly op: 'arg'; readonly name: string }
  | { readonly op: 'const'; readonly value: bigint }
  | { readonly op: 'and' | 'or' | 'xor' | 'add' | 'sub'; readonly a: Word; readonly b: Word }
  | { readonly op: 'shl' | 'shr'; readonly a: Word; readonly by: number }
  | { readonly op: 'if'; readonly test: Test; readonly chosen: Word; readonly otherwise: Word };

/** A boolean expression; `masked` is `(a & mask) == value`, `any` is `(a & mask) != 0`. */
export type Test =
  | { readonly op: 'always'; readonly value: boolean }
  | { readonly op: 'flag'; readonly name: string }
  | { readonly op: 'masked'; readonly a: Word; readonly mask: bigint; readonly value: bigint }
  | { readonly op: 'any'; readonly a: Word; readonly mask: bigint }
  | { readonly op: 'equal'; readonly a: Word; readonly b: Word }
  | { readonly op: 'below'; readonly a: Word; readonly b: Word }
  | { readonly op: 'not'; readonly a: Test }
  | { readonly op: 'both' | 'either'; readonly a: Test; readonly b: Test };

/** Either kind of expression. */
export type Expr = Word | Test;

const TESTS = new Set([
  'always',
  'flag',
  'masked',
  'any',
  'equal',
  'below',
  'not',
  'both',
  'either',
]);

/** True when the expression yields a boolean. */
export const isTest = (expr: Expr): expr is Test => TESTS.has(expr.op);

/** A 64-bit argument of the helper, by name. */
export const arg = (name: string): Word => ({ op: 'arg', name });
/** A boolean argument of the helper, by name. */
export const flag = (name: string): Test => ({ op: 'flag', name });
/** A constant word (truncated to 64 bits). */
export const word = (value: bigint): Word => ({ op: 'const', value: value & MASK64 });

/** The entry that a helper is given; the argument that almost every helper has. */
export const ENTRY = arg('entry');
/** The protection that a building helper is given. */
export const PROT = arg('prot');
/** The frame number that a building helper is given. */
export const PFN = arg('pfn');

const binary =
  (op: 'and' | 'or' | 'xor' | 'add' | 'sub') =>
  (a: Word, b: Word | bigint): Word => ({ op, a, b: typeof b === 'bigint' ? word(b) : b });

/** Bitwise and. */
export const and = binary('and');
/** Bitwise or. */
export const or = binary('or');
/** Bitwise exclusive or. */
export const xor = binary('xor');
/** Sum modulo 2^64. */
export const add = binary('add');
/** Difference modulo 2^64. */
export const sub = binary('sub');
/** All 64 bits flipped. */
export const invert = (a: Word): Word => xor(a, MASK64);
/** Shift left by a constant number of bits (0 to 63), the high bits are lost. */
export const shl = (a: Word, by: number): Word => ({ op: 'shl', a, by });
/** Logical shift right by a constant number of bits (0 to 63). */
export const shr = (a: Word, by: number): Word => ({ op: 'shr', a, by });
/** Sets the mask's bits. */
export const set = (a: Word, mask: bigint): Word => or(a, mask);
/** Clears the mask's bits. */
export const clear = (a: Word, mask: bigint): Word => and(a, MASK64 ^ (mask & MASK64));
/** Chooses between two words; both are computed. */
export const when = (test: Test, chosen: Word, otherwise: Word): Word => ({
  op: 'if',
  test,
  chosen,
  otherwise,
});

/** The constant test. */
export const always = (value: boolean): Test => ({ op: 'always', value });
/** True when every bit of the mask is set. */
export const all = (mask: bigint, a: Word = ENTRY): Test => ({
  op: 'masked',
  a,
  mask,
  value: mask,
});
/** True when at least one bit of the mask is set. */
export const any = (mask: bigint, a: Word = ENTRY): Test => ({ op: 'any', a, mask });
/** True when no bit of the mask is set. */
export const noneOf = (mask: bigint, a: Word = ENTRY): Test => ({
  op: 'masked',
  a,
  mask,
  value: 0n,
});
/** True when the bits under the mask have exactly this value. */
export const masked = (mask: bigint, value: bigint, a: Word = ENTRY): Test => ({
  op: 'masked',
  a,
  mask,
  value,
});
/** True when both words are the same. */
export const equal = (a: Word, b: Word | bigint): Test => ({
  op: 'equal',
  a,
  b: typeof b === 'bigint' ? word(b) : b,
});
/** Unsigned comparison `a < b`. */
export const below = (a: Word, b: Word | bigint): Test => ({
  op: 'below',
  a,
  b: typeof b === 'bigint' ? word(b) : b,
});
/** Negation. */
export const not = (a: Test): Test => ({ op: 'not', a });
/** Conjunction of one or more tests. */
export const both = (first: Test, ...rest: Test[]): Test =>
  rest.reduce<Test>((a, b) => ({ op: 'both', a, b }), first);
/** Disjunction of one or more tests. */
export const either = (first: Test, ...rest: Test[]): Test =>
  rest.reduce<Test>((a, b) => ({ op: 'either', a, b }), first);
/** 1 or 0, as a C boolean returned by a helper. */
export const asWord = (test: Test): Word => when(test, word(1n), word(0n));
