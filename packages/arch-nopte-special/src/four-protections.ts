/** Protections of a machine that cannot forbid execution: four of them fill the map of 16. */
export interface FourProtections {
  readonly PAGE_NONE: bigint;
  readonly PAGE_READONLY: bigint;
  readonly PAGE_COPY: bigint;
  readonly PAGE_SHARED: bigint;
}

/** protection_map[] of such a machine, by VM_READ 1, VM_WRITE 2, VM_EXEC 4, VM_SHARED 8. */
export const mapOfFour = (p: FourProtections): readonly bigint[] =>
  Array.from({ length: 16 }, (_, index) => {
    if ((index & 7) === 0) return p.PAGE_NONE;
    if ((index & 2) === 0) return p.PAGE_READONLY;
    return (index & 8) === 0 ? p.PAGE_COPY : p.PAGE_SHARED;
  });
