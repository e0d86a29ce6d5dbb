/** What a change does, in words. */
export interface ChangeText {
  /** Commit subject or patch title; left out where no document of `docs/semantics` gives one. */
  readonly subject?: string;
  /** Commit id, abbreviated, where a document of `docs/semantics` gives one. */
  readonly commit?: string;
  /** Section or row of the semantics that describes it. */
  readonly source: string;
  /** What its own text says of it, where that is more or other than the subject. */
  readonly claim?: string;
  /** What differs after it, in one sentence; for an unobservable one, why nothing does. */
  readonly effect: string;
  /** No entry, counter, report or return value differs. */
  readonly unobservable?: true;
  /** The semantics mark its row, or a sequence of it, as inferred: deduced, not read. */
  readonly inferred?: true;
}
