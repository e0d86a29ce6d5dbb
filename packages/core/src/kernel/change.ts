/**
 * One commit, or one patch of a series, that changes what the kernel does. Code asks for it by id
 * at the very place where the kernel's code differs.
 */
export interface Change {
  readonly id: string;
  /** Commit subject or patch title where a document of `docs/semantics` gives one, else empty. */
  readonly subject: string;
  /** Section or row of the semantics that describes it. */
  readonly source: string;
  /** What differs after it, in one sentence; for an unobservable one, why nothing does. */
  readonly effect: string;
  /** False when no entry, counter, report or return value differs. */
  readonly observable: boolean;
  /** Changes without which this one makes no sense. */
  readonly requires: readonly string[];
  /** Changes that cannot stand beside this one: applying it takes them away. */
  readonly replaces: readonly string[];
}

/** A change as the tables write it: what is usual is left out. */
export interface ChangeText {
  readonly subject?: string;
  readonly source: string;
  readonly effect: string;
  readonly unobservable?: true;
  readonly requires?: readonly string[];
  readonly replaces?: readonly string[];
}

/** Completes a table's entries, in the order of the table. */
export const completeChanges = (table: Readonly<Record<string, ChangeText>>): Change[] =>
  Object.entries(table).map(([id, text]) => ({
    id,
    subject: text.subject ?? '',
    source: text.source,
    effect: text.effect,
    observable: text.unobservable !== true,
    requires: text.requires ?? [],
    replaces: text.replaces ?? [],
  }));
