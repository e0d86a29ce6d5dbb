/**
 * What an input can cause, as a value. Functions whose failure depends on input answer
 * `Result`; throwing is kept for our own broken promises (DESIGN 2, Outcome).
 */
export type Result<T, E extends Problem = Problem> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: E };

/** Why something could not be done: a stable code, one plain sentence, and the evidence. */
export interface Problem {
  /** Stable, kebab-case: what tests and programs match on. */
  readonly code: string;
  /** One sentence for people, naming what and where. */
  readonly message: string;
  /** Numbers and names that led here (table, index, raw word, offset ...). */
  readonly evidence?: Readonly<Record<string, string | number | bigint>>;
}

/** A successful result. */
export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

/** A failed result with its evidence. */
export const fail = (
  code: string,
  message: string,
  evidence?: Problem['evidence'],
): { readonly ok: false; readonly problem: Problem } => ({
  ok: false,
  problem: evidence === undefined ? { code, message } : { code, message, evidence },
});
