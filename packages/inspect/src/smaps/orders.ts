/** Orders of a set, from the highest, each with the set of it and all below. */
export function* highestFirst(
  orders: bigint,
): Generator<{ readonly order: number; readonly upTo: bigint }> {
  for (let order = orders.toString(2).length - 1; order >= 0; order--) {
    const bit = 1n << BigInt(order);
    if ((orders & bit) !== 0n) yield { order, upTo: orders & (2n * bit - 1n) };
  }
}
