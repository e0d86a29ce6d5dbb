import { topological } from './children.js';
import { position } from './compile-bits.js';
import { type Expr, isTest, type Test, type Word } from './word.js';

/** Half of a word in generated code: a known int32, or the name of a variable that holds one. */
export type Half = number | string;
/** A 64-bit word in generated code. */
export interface PairCode {
  readonly lo: Half;
  readonly hi: Half;
}

/** Signed 32-bit value of the low half. */
const low = (value: bigint): number => Number(BigInt.asIntN(32, value));
/** Signed 32-bit value of the high half. */
const high = (value: bigint): number => Number(BigInt.asIntN(32, value >> 32n));
/** The position of a mask's only bit, or undefined when it has none or several. */
function singleBit(mask: bigint): number | undefined {
  if (mask === 0n || (mask & (mask - 1n)) !== 0n) return undefined;
  return mask.toString(2).length - 1;
}
/** A half as an operand of generated code. */
export const operand = (half: Half): string => (typeof half === 'number' ? `(${half})` : half);

/**
 * Emits integer-only JavaScript for an expression on pairs of 32-bit words. Every variable holds an
 * int32; tests are 0 or 1, and no branch is taken, so the same code serves one entry and the scanner.
 */
export class PairEmitter {
  readonly lines: string[] = [];
  private readonly words = new Map<Expr, PairCode>();
  private readonly tests = new Map<Expr, Half>();
  private count = 0;

  constructor(
    private readonly prefix: string,
    private readonly argument: (name: string) => PairCode,
    private readonly flagArgument: (name: string) => Half,
  ) {}

  /** Code of a word expression. */
  word(root: Word): PairCode {
    this.emitAll(root);
    return this.words.get(root) as PairCode;
  }

  /** Code of a test: a half that is 0 or 1. */
  test(root: Test): Half {
    this.emitAll(root);
    return this.tests.get(root) as Half;
  }

  private emitAll(root: Expr): void {
    for (const node of topological(root)) {
      if (this.words.has(node) || this.tests.has(node)) continue;
      if (isTest(node)) this.tests.set(node, this.emitTest(node));
      else this.words.set(node, this.emitWord(node));
    }
  }

  private let(code: string): string {
    const name = `${this.prefix}${this.count++}`;
    this.lines.push(`const ${name} = ${code};`);
    return name;
  }

  private bitwise(op: '&' | '|' | '^', a: Half, b: Half): Half {
    if (typeof a === 'number' && typeof b === 'number') {
      return op === '&' ? a & b : op === '|' ? a | b : a ^ b;
    }
    if (typeof a === 'number') return this.bitwise(op, b, a);
    if (b === 0) return op === '&' ? 0 : a;
    if (b === -1 && op !== '^') return op === '&' ? a : -1;
    return this.let(`${a} ${op} ${operand(b)}`);
  }

  private shiftLeft(a: PairCode, by: number): PairCode {
    if (by === 0) return a;
    if (by >= 32) return { lo: 0, hi: by === 32 ? a.lo : this.shift('<<', a.lo, by - 32) };
    const carried = this.shift('>>>', a.lo, 32 - by);
    return {
      lo: this.shift('<<', a.lo, by),
      hi: this.bitwise('|', this.shift('<<', a.hi, by), carried),
    };
  }

  private shiftRight(a: PairCode, by: number): PairCode {
    if (by === 0) return a;
    if (by >= 32) return { lo: by === 32 ? a.hi : this.shift('>>>', a.hi, by - 32), hi: 0 };
    const carried = this.shift('<<', a.hi, 32 - by);
    return {
      lo: this.bitwise('|', this.shift('>>>', a.lo, by), carried),
      hi: this.shift('>>>', a.hi, by),
    };
  }

  private shift(op: '<<' | '>>>', a: Half, by: number): Half {
    if (by === 0) return a;
    if (typeof a === 'number') return op === '<<' ? a << by : (a >>> by) | 0;
    return this.let(op === '<<' ? `${a} << ${by}` : `(${a} >>> ${by}) | 0`);
  }

  private emitWord(node: Word): PairCode {
    switch (node.op) {
      case 'arg':
        return this.argument(node.name);
      case 'const':
        return { lo: low(node.value), hi: high(node.value) };
      case 'and':
      case 'or':
      case 'xor': {
        const op = node.op === 'and' ? '&' : node.op === 'or' ? '|' : '^';
        const [a, b] = [this.pair(node.a), this.pair(node.b)];
        return { lo: this.bitwise(op, a.lo, b.lo), hi: this.bitwise(op, a.hi, b.hi) };
      }
      case 'add': {
        const [a, b] = [this.pair(node.a), this.pair(node.b)];
        const lo = this.let(`(${operand(a.lo)} + ${operand(b.lo)}) | 0`);
        const carry = this.let(`+((${lo} >>> 0) < (${operand(a.lo)} >>> 0))`);
        return { lo, hi: this.let(`(${operand(a.hi)} + ${operand(b.hi)} + ${carry}) | 0`) };
      }
      case 'sub': {
        const [a, b] = [this.pair(node.a), this.pair(node.b)];
        const borrow = this.let(`+((${operand(a.lo)} >>> 0) < (${operand(b.lo)} >>> 0))`);
        const lo = this.let(`(${operand(a.lo)} - ${operand(b.lo)}) | 0`);
        return { lo, hi: this.let(`(${operand(a.hi)} - ${operand(b.hi)} - ${borrow}) | 0`) };
      }
      case 'shl':
        return this.shiftLeft(this.pair(node.a), node.by);
      case 'shr':
        return this.shiftRight(this.pair(node.a), node.by);
      case 'if': {
        const test = this.tests.get(node.test) as Half;
        const [a, b] = [this.pair(node.chosen), this.pair(node.otherwise)];
        if (typeof test === 'number') return test ? a : b;
        const mask = this.let(`-${test}`);
        return { lo: this.select(mask, a.lo, b.lo), hi: this.select(mask, a.hi, b.hi) };
      }
    }
  }

  /** `mask ? a : b` without a branch; the mask is all ones or zero. */
  private select(mask: Half, a: Half, b: Half): Half {
    if (a === b) return a;
    return this.bitwise('^', b, this.bitwise('&', this.bitwise('^', a, b), mask));
  }

  private pair(node: Word): PairCode {
    return this.words.get(node) as PairCode;
  }

  private emitTest(node: Test): Half {
    switch (node.op) {
      case 'always':
        return node.value ? 1 : 0;
      case 'flag':
        return this.flagArgument(node.name);
      case 'masked':
      case 'any': {
        const a = this.pair(node.a);
        const value = node.op === 'masked' ? node.value : 0n;
        if ((value & ~node.mask) !== 0n) return 0;
        const bit = singleBit(node.mask);
        if (bit !== undefined) return this.oneBit(a, bit, node.op === 'any' || value !== 0n);
        const lo = this.difference(a.lo, low(node.mask), low(value));
        const hi = this.difference(a.hi, high(node.mask), high(value));
        return this.isZero(this.bitwise('|', lo, hi), node.op === 'any');
      }
      case 'equal': {
        const [a, b] = [this.pair(node.a), this.pair(node.b)];
        const lo = this.bitwise('^', a.lo, b.lo);
        return this.isZero(this.bitwise('|', lo, this.bitwise('^', a.hi, b.hi)), false);
      }
      case 'below': {
        const [a, b] = [this.pair(node.a), this.pair(node.b)];
        const hiBelow = `+((${operand(a.hi)} >>> 0) < (${operand(b.hi)} >>> 0))`;
        const loBelow = `+((${operand(a.lo)} >>> 0) < (${operand(b.lo)} >>> 0))`;
        const hiSame = `+((${operand(a.hi)} | 0) === (${operand(b.hi)} | 0))`;
        return this.let(`${hiBelow} | (${hiSame} & ${loBelow})`);
      }
      case 'not':
        return this.bitwise('^', this.tests.get(node.a) as Half, 1);
      case 'both':
        return this.bitwise('&', this.tests.get(node.a) as Half, this.tests.get(node.b) as Half);
      case 'either':
        return this.bitwise('|', this.tests.get(node.a) as Half, this.tests.get(node.b) as Half);
    }
  }

  /** A test of one bit needs no comparison: the bit itself is the answer. */
  private oneBit(a: PairCode, bit: number, wanted: boolean): Half {
    const half = bit < 32 ? a.lo : a.hi;
    const found = this.bitwise('&', this.shift('>>>', half, bit % 32), 1);
    return wanted ? found : this.bitwise('^', found, 1);
  }

  private difference(a: Half, mask: number, value: number): Half {
    return this.bitwise('^', this.bitwise('&', a, mask), value);
  }

  private isZero(a: Half, negate: boolean): Half {
    if (typeof a === 'number') return Number((a === 0) !== negate);
    return this.let(negate ? `+(${a} !== 0)` : `+(${a} === 0)`);
  }
}

/**
 * A helper compiled to work on pairs. Arguments follow the order of `params`: a word is two numbers
 * (low, high), a flag is a boolean. A word result goes to `out[at]` (low) and `out[at + 1]` (high).
 */
export type PairWordFunction = (
  out: Uint32Array,
  at: number,
  ...args: readonly (number | boolean)[]
) => void;
/** A test compiled to work on pairs; arguments as in `PairWordFunction`. */
export type PairTestFunction = (...args: readonly (number | boolean)[]) => boolean;

function emitterFor(
  params: readonly string[],
  flags: ReadonlySet<string>,
): { emitter: PairEmitter; formal: string } {
  const formal = params.map((name, i) => (flags.has(name) ? `f${i}` : `l${i}, h${i}`)).join(', ');
  const emitter = new PairEmitter(
    't',
    (name) => ({ lo: `l${position(params, name)}`, hi: `h${position(params, name)}` }),
    (name) => `f${position(params, name)}`,
  );
  params.forEach((name, i) => {
    emitter.lines.push(flags.has(name) ? `f${i} = f${i} ? 1 : 0;` : `l${i} |= 0; h${i} |= 0;`);
  });
  return { emitter, formal };
}

/** Compiles a word expression to pair code; a 32-bit form's high half is always stored as 0. */
export function compilePairWord(
  root: Word,
  params: readonly string[],
  flags: ReadonlySet<string>,
  wordBits: 32 | 64 = 64,
): PairWordFunction {
  const { emitter, formal } = emitterFor(params, flags);
  const result = emitter.word(root);
  const hi = wordBits === 32 ? '0' : operand(result.hi);
  const body = `${emitter.lines.join('\n')}\nout[at] = ${operand(result.lo)}; out[at + 1] = ${hi};`;
  return new Function('out', 'at', ...formal.split(', ').filter(Boolean), body) as PairWordFunction;
}

/** Compiles a test to pair code. */
export function compilePairTest(
  root: Test,
  params: readonly string[],
  flags: ReadonlySet<string>,
): PairTestFunction {
  const { emitter, formal } = emitterFor(params, flags);
  const result = emitter.test(root);
  const body = `${emitter.lines.join('\n')}\nreturn ${operand(result)} === 1;`;
  return new Function(...formal.split(', ').filter(Boolean), body) as PairTestFunction;
}
