/** Kernels that follow each other in the list of revisions: the one, or the first and the last. */
export function kernelRun(ids: readonly string[]): string {
  const [first = '', last = first] = [ids[0], ids.at(-1)];
  return first === last ? first : `${first} to ${last}`;
}
