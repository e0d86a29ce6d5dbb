import { MASK64 } from '../units.js';
import { topological } from './children.js';
import type { Expr, Word } from './word.js';

/** The bits that a word expression can ever have set, judged from its constants alone. */
export function possibleBits(root: Word): bigint {
  const known = new Map<Expr, bigint>();
  const of = (node: Word): bigint => known.get(node) ?? MASK64;
  for (const node of topological(root)) {
    switch (node.op) {
      case 'const':
        known.set(node, node.value);
        break;
      case 'and':
        known.set(node, of(node.a) & of(node.b));
        break;
      case 'or':
      case 'xor':
        known.set(node, of(node.a) | of(node.b));
        break;
      case 'shl':
        known.set(node, (of(node.a) << BigInt(node.by)) & MASK64);
        break;
      case 'shr':
        known.set(node, of(node.a) >> BigInt(node.by));
        break;
      case 'if':
        known.set(node, of(node.chosen) | of(node.otherwise));
        break;
    }
  }
  return of(root);
}
