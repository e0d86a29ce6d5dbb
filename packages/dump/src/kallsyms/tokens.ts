import { fail, ok, type Result } from '@pagewright/core';

/**
 * The 256 pieces of text that names are put together from (scripts/kallsyms.c): each byte of a
 * compressed name stands for one of them.
 */
export interface Tokens {
  /** All pieces, one after another. */
  readonly bytes: Uint8Array;
  /** Where piece `code` begins in `bytes`. */
  readonly start: Uint16Array;
  /** How many bytes it has; 0 for a code that no name uses. */
  readonly length: Uint16Array;
}

/** Codes of a byte. */
export const TOKEN_COUNT = 256;
/** Bytes of `kallsyms_token_index`: a u16 for each code. */
export const TOKEN_INDEX_BYTES = 2 * TOKEN_COUNT;
/** KSYM_NAME_LEN, since 6.1; 128 before: no piece is longer than a name. */
export const LONGEST_NAME = 512;

/**
 * Reads `kallsyms_token_table` with the places that `kallsyms_token_index` gives. Code
 * `bad-kallsyms` where a piece does not end in the table or is longer than any name.
 */
export function readTokens(table: Uint8Array, index: DataView, little: boolean): Result<Tokens> {
  const start = new Uint16Array(TOKEN_COUNT);
  const length = new Uint16Array(TOKEN_COUNT);
  for (let code = 0; code < TOKEN_COUNT; code++) {
    const from = index.getUint16(2 * code, little);
    const end = from < table.length ? table.indexOf(0, from) : -1;
    if (end < 0 || end - from >= LONGEST_NAME) {
      return fail('bad-kallsyms', `token ${code} at ${from} of kallsyms_token_table has no end`, {
        token: code,
        offset: from,
        tableBytes: table.length,
      });
    }
    start[code] = from;
    length[code] = end - from;
  }
  return ok({ bytes: table, start, length });
}
