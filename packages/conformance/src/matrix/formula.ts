import { arg, children, type Expr, flag, hex, isTest, topological } from '@pagewright/core';
import { describe, type MaskName } from '@pagewright/core/texts';

/** A sub-expression that is used again is worth a name of its own from this length on. */
const WORTH_A_NAME = 24;

/** Where a constant is a number and no mask. */
const NUMERIC = new Set(['add', 'sub', 'equal', 'below', 'if']);

/**
 * A helper's expression in text, with the parts that it uses several times named first: `t1 = ...`,
 * the last line being the answer.
 */
export function formulaLines(body: Expr, name: MaskName): string[] {
  if (body.op === 'const') return [hex(body.value)];
  const nodes = topological(body);
  const uses = new Map<Expr, number>();
  for (const node of nodes) {
    for (const child of children(node)) uses.set(child, (uses.get(child) ?? 0) + 1);
  }
  const shown = new Map<Expr, Expr>();
  const lines: string[] = [];
  for (const node of nodes) {
    const asNumber = NUMERIC.has(node.op);
    const parts = Object.entries(node).map(([key, part]) => {
      const number = asNumber && part.op === 'const';
      return [key, number ? arg(hex(part.value)) : (shown.get(part) ?? part)];
    });
    const plain = Object.fromEntries(parts) as Expr;
    const text = describe(plain, name);
    const isShared = (uses.get(node) ?? 0) > 1 && text.length >= WORTH_A_NAME;
    if (isShared) lines.push(`t${lines.length + 1} = ${text}`);
    const part = `t${lines.length}`;
    shown.set(node, isShared ? (isTest(node) ? flag(part) : arg(part)) : plain);
  }
  return [...lines, describe(shown.get(body) ?? body, name)];
}
