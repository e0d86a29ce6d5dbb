import { add, clear, type HelperTable, inline, or, PFN, PROT, shl } from '@pagewright/core';
import { PAGE_SHIFT } from './geometry.js';
import { hugetlbFunctions } from './hugetlb.js';
import type { Protections } from './protections.js';
import { segmentProtection } from './segment-helpers.js';
import { type Shape, trackedBits } from './shape.js';
import { trackedHelpers } from './tracked-helpers.js';

/** Building and protection helpers by their full names (asm/pgtable.h). */
export function functions(shape: Shape, protections: Protections): HelperTable {
  const { headers, noexec } = shape;
  const bits = trackedBits(shape, 'pte');
  const address = shl(PFN, PAGE_SHIFT);
  const { mkyoung } = trackedHelpers(bits).changes;
  const built = inline(mkyoung, { entry: or(address, PROT) });
  const withoutNoexec = inline(mkyoung, { entry: clear(or(address, PROT), bits.noexec) });
  // Until 6.13 mk_pte_phys() takes no-execute out on machines without it; 7.2's protections lack it.
  const filters = headers !== '7.2';
  return {
    pfn_pte: filters && !noexec ? withoutNoexec : built,
    ...(filters ? { pfn_pte_without_nx: withoutNoexec } : {}),
    pfn_pmd: add(address, segmentProtection(protections)),
    ...hugetlbFunctions(shape),
    // Memory types are no matter of entries here; pgprot_writecombine() asks the PCI code.
    pgprot_noncached: PROT,
    pgprot_device: PROT,
    pgprot_encrypted: PROT,
    pgprot_decrypted: PROT,
  };
}
