import { topological } from './children.js';
import { type Expr, isTest } from './word.js';

/** A compiled helper over bigints: words and booleans in, in the order of `params`. */
export type BitsFunction = (...args: readonly (bigint | boolean)[]) => bigint | boolean;

const literal = (value: bigint): string => `0x${value.toString(16)}n`;

/**
 * Compiles an expression to JavaScript over bigints.
 * @param params argument names in call order
 * @param wordBits a word result is cut to this many bits (32 or 64)
 */
export function compileBits(
  root: Expr,
  params: readonly string[],
  wordBits: 32 | 64 = 64,
): BitsFunction {
  const names = new Map<Expr, string>();
  const lines: string[] = [];
  for (const node of topological(root)) {
    const text = render(node, (x) => names.get(x) as string, params);
    if (/^[\w]+$/.test(text)) {
      names.set(node, text);
      continue;
    }
    const name = `t${names.size}`;
    names.set(node, name);
    lines.push(`const ${name} = ${text};`);
  }
  const result = names.get(root) as string;
  const out = !isTest(root) && wordBits === 32 ? `${result} & 0xffffffffn` : result;
  const formal = params.map((_, i) => `a${i}`).join(', ');
  return new Function(formal, `'use strict';\n${lines.join('\n')}\nreturn ${out};`) as BitsFunction;
}

function render(node: Expr, ref: (x: Expr) => string, params: readonly string[]): string {
  switch (node.op) {
    case 'arg':
    case 'flag':
      return `a${position(params, node.name)}`;
    case 'const':
      return literal(node.value);
    case 'always':
      return String(node.value);
    case 'and':
      return `${ref(node.a)} & ${ref(node.b)}`;
    case 'or':
      return `${ref(node.a)} | ${ref(node.b)}`;
    case 'xor':
      return `${ref(node.a)} ^ ${ref(node.b)}`;
    case 'add':
      return `BigInt.asUintN(64, ${ref(node.a)} + ${ref(node.b)})`;
    case 'sub':
      return `BigInt.asUintN(64, ${ref(node.a)} - ${ref(node.b)})`;
    case 'shl':
      return `BigInt.asUintN(64, ${ref(node.a)} << ${node.by}n)`;
    case 'shr':
      return `${ref(node.a)} >> ${node.by}n`;
    case 'if':
      return `${ref(node.test)} ? ${ref(node.chosen)} : ${ref(node.otherwise)}`;
    case 'masked':
      return `(${ref(node.a)} & ${literal(node.mask)}) === ${literal(node.value)}`;
    case 'any':
      return `(${ref(node.a)} & ${literal(node.mask)}) !== 0n`;
    case 'equal':
      return `${ref(node.a)} === ${ref(node.b)}`;
    case 'below':
      return `${ref(node.a)} < ${ref(node.b)}`;
    case 'not':
      return `!${ref(node.a)}`;
    case 'both':
      return `${ref(node.a)} && ${ref(node.b)}`;
    case 'either':
      return `${ref(node.a)} || ${ref(node.b)}`;
  }
}

/** Where an argument stands in the call; an unknown name is a mistake in a backend. */
export function position(params: readonly string[], name: string): number {
  const at = params.indexOf(name);
  if (at < 0)
    throw new Error(`expression uses argument "${name}", declared are ${params.join(', ')}`);
  return at;
}
