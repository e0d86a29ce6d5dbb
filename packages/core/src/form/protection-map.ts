/** Protections of user pages that between them fill the map of a machine, whatever its bits are. */
export interface UserProtections {
  readonly none: bigint;
  readonly readonly: bigint;
  /** The same as `readonly` on a machine that cannot forbid execution. */
  readonly readonlyExec: bigint;
  readonly shared: bigint;
  /** The same as `shared` on a machine that cannot forbid execution. */
  readonly sharedExec: bigint;
}

/**
 * protection_map[] by VM_READ 1, VM_WRITE 2, VM_EXEC 4, VM_SHARED 8, where writing and executing
 * imply reading. A private mapping is written by way of a copy, so that its entries begin read-only.
 */
export function protectionMap(user: UserProtections): readonly bigint[] {
  const { none, readonly, readonlyExec, shared, sharedExec } = user;
  return [
    ...[none, readonly, readonly, readonly],
    ...[readonlyExec, readonlyExec, readonlyExec, readonlyExec],
    ...[none, readonly, shared, shared],
    ...[readonlyExec, readonlyExec, sharedExec, sharedExec],
  ];
}
