import type { Expr } from '../expr/word.js';
import { hex } from '../units.js';

/** Names for masks, so that a printed helper reads as the header does. */
export type MaskName = (mask: bigint) => string;

/** Prints an expression for people, C-like. */
export function describe(expr: Expr, name: MaskName = hex): string {
  const d = (x: Expr): string => describe(x, name);
  switch (expr.op) {
    case 'arg':
    case 'flag':
      return expr.name;
    case 'const':
      return name(expr.value);
    case 'always':
      return String(expr.value);
    case 'and':
      return `(${d(expr.a)} & ${d(expr.b)})`;
    case 'or':
      return `(${d(expr.a)} | ${d(expr.b)})`;
    case 'xor':
      return `(${d(expr.a)} ^ ${d(expr.b)})`;
    case 'add':
      return `(${d(expr.a)} + ${d(expr.b)})`;
    case 'sub':
      return `(${d(expr.a)} - ${d(expr.b)})`;
    case 'shl':
      return `(${d(expr.a)} << ${expr.by})`;
    case 'shr':
      return `(${d(expr.a)} >> ${expr.by})`;
    case 'if':
      return `(${d(expr.test)} ? ${d(expr.chosen)} : ${d(expr.otherwise)})`;
    case 'masked':
      return `(${d(expr.a)} & ${name(expr.mask)}) == ${expr.value === expr.mask ? name(expr.mask) : hex(expr.value)}`;
    case 'any':
      return `(${d(expr.a)} & ${name(expr.mask)}) != 0`;
    case 'equal':
      return `${d(expr.a)} == ${d(expr.b)}`;
    case 'below':
      return `${d(expr.a)} < ${d(expr.b)}`;
    case 'not':
      return `!(${d(expr.a)})`;
    case 'both':
      return `(${d(expr.a)} && ${d(expr.b)})`;
    case 'either':
      return `(${d(expr.a)} || ${d(expr.b)})`;
  }
}
