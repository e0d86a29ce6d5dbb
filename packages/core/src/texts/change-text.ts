/** What a change does, in words. */
export interface ChangeText {
  /** Commit subject or patch title; left out where no document of `docs/semantics` gives one. */
  readonly subject?: string;
  /** Section or row of the semantics that describes it. */
  readonly source: string;
  /** What differs after it, in one sentence; for an unobservable one, why nothing does. */
  readonly effect: string;
  /** No entry, counter, report or return value differs. */
  readonly unobservable?: true;
}
