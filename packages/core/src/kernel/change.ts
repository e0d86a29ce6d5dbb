/**
 * One commit, or one patch of a series, that changes what the kernel does. Code asks for it by id
 * at the very place where the kernel's code differs. What it does in words, its subject and its
 * source stand in `@pagewright/core/texts`.
 */
export interface Change {
  readonly id: string;
  /** Changes without which this one makes no sense. */
  readonly requires: readonly string[];
  /** Changes that cannot stand beside this one: applying it takes them away. */
  readonly replaces: readonly string[];
}

/** How a change depends on others, as the tables write it: what is empty is left out. */
export interface ChangeLinks {
  readonly requires?: readonly string[];
  readonly replaces?: readonly string[];
}

/** Ids of a table of changes, in its order. */
export const idsOf = <T extends Readonly<Record<string, ChangeLinks>>>(table: T) =>
  Object.keys(table) as (keyof T & string)[];
