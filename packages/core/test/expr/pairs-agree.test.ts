import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compilePairTest, compilePairWord } from '../../src/expr/compile-pair.js';
import {
  add,
  and,
  any,
  argumentsOf,
  below,
  both,
  compileBits,
  ENTRY,
  type Expr,
  either,
  equal,
  flag,
  isTest,
  masked,
  not,
  or,
  PROT,
  shl,
  shr,
  sub,
  type Test,
  type Word,
  when,
  word,
  xor,
} from '../../src/index.js';

const MASK32 = 0xffff_ffffn;
const bits64 = fc.oneof(
  fc.bigInt(0n, 2n ** 64n - 1n),
  fc.nat(63).map((n) => 1n << BigInt(n)),
);
const shift = fc.nat(63);

/** Random expressions of every node kind over `entry`, `prot` and the flag `write`. */
const { w: wordArb, t: testArb } = fc.letrec<{ w: Word; t: Test }>((tie) => ({
  w: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(ENTRY, PROT),
    bits64.map(word),
    fc.tuple(tie('w'), tie('w')).map(([a, b]) => and(a, b)),
    fc.tuple(tie('w'), tie('w')).map(([a, b]) => or(a, b)),
    fc.tuple(tie('w'), tie('w')).map(([a, b]) => xor(a, b)),
    fc.tuple(tie('w'), tie('w')).map(([a, b]) => add(a, b)),
    fc.tuple(tie('w'), tie('w')).map(([a, b]) => sub(a, b)),
    fc.tuple(tie('w'), shift).map(([a, by]) => shl(a, by)),
    fc.tuple(tie('w'), shift).map(([a, by]) => shr(a, by)),
    fc.tuple(tie('t'), tie('w'), tie('w')).map(([t, a, b]) => when(t, a, b)),
  ),
  t: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(flag('write')),
    fc.tuple(tie('w'), bits64, bits64).map(([a, m, v]) => masked(m, v & m, a)),
    fc.tuple(tie('w'), bits64).map(([a, m]) => any(m, a)),
    fc.tuple(tie('w'), tie('w')).map(([a, b]) => equal(a, b)),
    fc.tuple(tie('w'), tie('w')).map(([a, b]) => below(a, b)),
    tie('t').map(not),
    fc.tuple(tie('t'), tie('t')).map(([a, b]) => both(a, b)),
    fc.tuple(tie('t'), tie('t')).map(([a, b]) => either(a, b)),
  ),
}));

const anyExpr: fc.Arbitrary<Expr> = fc.oneof(wordArb, testArb);
const params = ['entry', 'prot', 'write'];
const flags = new Set(['write']);
const halves = (v: bigint): [number, number] => [Number(v & MASK32), Number(v >> 32n)];

function onPairs(expr: Expr, entry: bigint, prot: bigint, write: boolean): bigint | boolean {
  const args = [...halves(entry), ...halves(prot), write];
  if (isTest(expr)) return compilePairTest(expr, params, flags)(...args);
  const out = new Uint32Array(2);
  compilePairWord(expr, params, flags)(out, 0, ...args);
  return (BigInt(out[1] as number) << 32n) | BigInt(out[0] as number);
}

test('bigint code and pair code of one expression agree', () => {
  fc.assert(
    fc.property(anyExpr, bits64, bits64, fc.boolean(), (expr: Expr, entry, prot, write) => {
      const expected = compileBits(expr, params)(entry, prot, write);
      expect(onPairs(expr, entry, prot, write)).toBe(expected);
    }),
    { numRuns: 2000 },
  );
});

test('argumentsOf names what an expression uses', () => {
  expect([...argumentsOf(when(flag('write'), ENTRY, PROT))].sort()).toEqual([
    'entry',
    'prot',
    'write',
  ]);
});
