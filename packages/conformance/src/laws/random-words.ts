/** Set and clear bits in every byte, neither alike in the halves of one. */
export const PATTERN = 0x5a5a_5a5a_5a5a_5a5an;

/** Words that look random and are the same in every run: seeded by a text (xorshift*, 64 bits). */
export function randomWords(seed: string, count: number, mask: bigint): bigint[] {
  let state = 0x9e37_79b9_7f4a_7c15n;
  for (const char of seed) state = step(state ^ BigInt(char.charCodeAt(0)));
  return Array.from({ length: count }, () => {
    state = step(state);
    return BigInt.asUintN(64, state * 0x2545_f491_4f6c_dd1dn) & mask;
  });
}

function step(state: bigint): bigint {
  let x = state;
  x ^= x >> 12n;
  x ^= BigInt.asUintN(64, x << 25n);
  x ^= x >> 27n;
  return x;
}
