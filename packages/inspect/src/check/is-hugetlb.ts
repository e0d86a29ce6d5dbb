import { type EntryForm, type Vma, vmConstant } from '@pagewright/core';

/** True for mappings that only the hugetlb code looks at. */
export const isHugetlb = ({ definition }: EntryForm, { flags }: Vma): boolean =>
  (flags & (vmConstant(definition, 'VM_HUGETLB') ?? 0n)) !== 0n;
