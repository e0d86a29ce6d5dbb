import type { Expr, Test, Word } from './word.js';

/** The direct sub-expressions of a node, in evaluation order. */
export function children(expr: Expr): readonly Expr[] {
  switch (expr.op) {
    case 'arg':
    case 'const':
    case 'always':
    case 'flag':
      return [];
    case 'shl':
    case 'shr':
    case 'masked':
    case 'any':
    case 'not':
      return [expr.a];
    case 'if':
      return [expr.test, expr.chosen, expr.otherwise];
    default:
      return [expr.a, expr.b];
  }
}

/** Every node reachable from `root`, each once, sub-expressions first. */
export function topological(root: Expr): readonly Expr[] {
  const seen = new Set<Expr>();
  const visit = (node: Expr): void => {
    if (seen.has(node)) return;
    for (const child of children(node)) visit(child);
    seen.add(node);
  };
  visit(root);
  return [...seen];
}

/** Names of the arguments that an expression really uses. */
export function argumentsOf(root: Expr): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of topological(root)) {
    if (node.op === 'arg' || node.op === 'flag') names.add(node.name);
  }
  return names;
}

/** Values for the named arguments of an expression: words for `arg`, tests for `flag`. */
export type Substitution = Readonly<Record<string, Expr>>;

/**
 * Replaces arguments by expressions, keeping shared nodes shared. Arguments without a value stay.
 */
export function inline<T extends Expr>(root: T, values: Substitution): T {
  const done = new Map<Expr, Expr>();
  for (const node of topological(root)) done.set(node, rebuild(node, values, done));
  return done.get(root) as T;
}

/** First one transform of the entry, then the other. */
export const inTurn = (first: Word, second: Word): Word => inline(second, { entry: first });

function rebuild(node: Expr, values: Substitution, done: ReadonlyMap<Expr, Expr>): Expr {
  const w = (x: Word): Word => done.get(x) as Word;
  const t = (x: Test): Test => done.get(x) as Test;
  switch (node.op) {
    case 'arg':
    case 'flag':
      return values[node.name] ?? node;
    case 'const':
    case 'always':
      return node;
    case 'shl':
    case 'shr':
    case 'masked':
    case 'any':
      return { ...node, a: w(node.a) };
    case 'not':
      return { ...node, a: t(node.a) };
    case 'both':
    case 'either':
      return { ...node, a: t(node.a), b: t(node.b) };
    case 'if':
      return { op: 'if', test: t(node.test), chosen: w(node.chosen), otherwise: w(node.otherwise) };
    default:
      return { ...node, a: w(node.a), b: w(node.b) };
  }
}
