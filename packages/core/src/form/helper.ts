import { argumentsOf, topological } from '../expr/children.js';
import { type BitsFunction, compileBits } from '../expr/compile-bits.js';
import { type Expr, isTest, type Test, type Word } from '../expr/word.js';

/** Order in which a helper's arguments are passed, whatever the expression mentions first. */
const ARGUMENT_ORDER = [
  'mem',
  'entry',
  'pfn',
  'type',
  'offset',
  'prot',
  'other',
  'write',
  'dirty',
  'vmWrite',
  'vmShadowStack',
];

/**
 * One kernel helper of one form: its expression and the compiled form, made when first used.
 * `params` lists the arguments in call order; flags are booleans, the rest are words.
 */
export class Helper<E extends Expr = Expr> {
  readonly params: readonly string[];
  readonly flags: ReadonlySet<string>;
  private onBits: BitsFunction | undefined;

  constructor(
    readonly name: string,
    readonly body: E,
    readonly wordBits: 32 | 64,
    firstArgument: string | null,
  ) {
    const used = new Set(argumentsOf(body));
    if (firstArgument !== null) used.add(firstArgument);
    const unknown = [...used].find((name) => !ARGUMENT_ORDER.includes(name));
    if (unknown !== undefined) throw new Error(`helper ${name} has unknown argument "${unknown}"`);
    this.params = ARGUMENT_ORDER.filter((name) => used.has(name));
    this.flags = new Set(
      topological(body).flatMap((node) => (node.op === 'flag' ? [node.name] : [])),
    );
  }

  /** `test` helpers answer a boolean, `word` helpers a word. */
  get kind(): 'test' | 'word' {
    return isTest(this.body) ? 'test' : 'word';
  }

  /** The helper over bigints; arguments in the order of `params`. */
  get bits(): (...args: readonly (bigint | boolean)[]) => E extends Test ? boolean : bigint {
    this.onBits ??= compileBits(this.body, this.params, this.wordBits);
    return this.onBits as never;
  }
}

/** A helper that the kernel calls with a pointer to the entry: what it returns and leaves behind. */
export interface PointerHelper {
  /** Its full kernel name. */
  readonly name: string;
  /** The value returned, 0 for functions that return nothing. */
  readonly returns: Helper<Word>;
  /** The entry in memory afterwards. */
  readonly memory: Helper<Word>;
}
