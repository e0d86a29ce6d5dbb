import type { Facts } from './folder.js';

/**
 * What is wrong with the shape of a parsed `facts.json`, in a few words that name the member;
 * undefined when it can be compared. Whether an answer in it is right is not asked here: any single
 * value is an answer. Members that are not compared may be anything.
 */
export const factsProblem = (facts: unknown): string | undefined => factsShape(facts);

/** Says what is wrong with a value; undefined for one that has the shape. */
type Shape = (value: unknown) => string | undefined;

const single: Shape = (value) =>
  typeof value === 'object' && value !== null ? 'not a single value' : undefined;

const objectWith =
  (shapeOf: (name: string) => Shape | undefined): Shape =>
  (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? firstProblem(Object.entries(value), shapeOf)
      : 'not a JSON object';

const listOf =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) ? firstProblem(Object.entries(value), () => shape) : 'not a list';

function firstProblem(
  entries: readonly (readonly [string, unknown])[],
  shapeOf: (name: string) => Shape | undefined,
): string | undefined {
  for (const [name, value] of entries) {
    const problem = shapeOf(name)?.(value);
    if (problem !== undefined) return `${name}: ${problem}`;
  }
  return undefined;
}

/** An object with these members, and any others. */
const members = (shapes: ReadonlyMap<string, Shape>): Shape =>
  objectWith((name) => shapes.get(name));
const singles = (...names: string[]): Shape =>
  members(new Map(names.map((name) => [name, single])));
const answers = objectWith(() => single);

const SHAPES: Readonly<Record<keyof Facts, Shape>> = {
  arch: single,
  kernel: single,
  page_shift: single,
  word_bits: single,
  levels: objectWith(() =>
    singles('shift', 'size', 'ptrs_per', 'compile_time_folded', 'runtime_folded'),
  ),
  config: answers,
  holds: answers,
  vm_flags: answers,
  protection_map: listOf(singles('index', 'pgprot')),
  pgprots: answers,
  prot_ops: listOf(singles('op', 'prot', 'out')),
  swap: members(new Map([['constants', answers]])),
};

const factsShape = members(new Map(Object.entries(SHAPES)));
