import { type EntryForm, isAbsentHelper, type Kernel } from '@pagewright/core';

/** What a scenario may need of a form and a kernel. */
export const NEEDS = {
  'pte-special': 'entries of pages have a special bit',
  'no-pte-special': 'entries of pages have no special bit',
  'pmd-leaf': 'PMDs map memory',
  'pmd-special': 'huge PMDs have a special bit',
  'no-pmd-special': 'huge PMDs have no special bit',
  'pud-leaf': 'PUDs map memory',
  devmap: 'entries have a devmap bit',
  'uffd-wp': 'entries have a bit for the write protection of userfaultfd',
  'soft-dirty': 'entries have a soft-dirty bit',
  protnone: 'entries that hint at the use of their page (NUMA balancing)',
  'swap-exclusive': 'swap entries have a bit that says whose page it was',
  'no-swap-exclusive': 'swap entries have no such bit',
  'memory-failure': 'entries can stand for a page that failed (hwpoison)',
  thp: 'memory of processes can be mapped by huge PMDs',
  'gup-fast': 'get_user_pages_fast() walks tables without locks',
  deposit: 'huge mappings of files need a page table deposited',
} as const;
/** Something that a scenario may need. */
export type Need = keyof typeof NEEDS;

/** Whether form and kernel have what is needed. */
export function has(need: Need, form: EntryForm, kernel: Kernel): boolean {
  const { supports } = form.definition;
  const mapsAt = (level: 'pmd' | 'pud'): boolean => {
    const geometry = form.geometry(level);
    return geometry !== undefined && !geometry.folded && geometry.mayMap;
  };
  switch (need) {
    case 'pte-special':
      return kernel.hasSpecial('pte');
    case 'no-pte-special':
      return !kernel.hasSpecial('pte');
    case 'pmd-leaf':
    case 'pud-leaf':
      return mapsAt(need === 'pmd-leaf' ? 'pmd' : 'pud');
    case 'pmd-special':
      return mapsAt('pmd') && kernel.hasSpecial('pmd');
    case 'no-pmd-special':
      return mapsAt('pmd') && !kernel.hasSpecial('pmd');
    case 'devmap':
      return supports.devmap && !kernel.has('devmap-bit-removed');
    case 'uffd-wp':
      return supports.uffdWp;
    case 'soft-dirty':
      return supports.softDirty && kernel.config.MEM_SOFT_DIRTY;
    case 'protnone':
      return supports.protnone;
    case 'swap-exclusive':
      return keepsExclusive(form);
    case 'no-swap-exclusive':
      return !keepsExclusive(form);
    case 'memory-failure':
      return form.definition.swap.types.numbers.hwpoison !== undefined;
    case 'thp':
      return supports.transparentHugepage && kernel.config.TRANSPARENT_HUGEPAGE;
    case 'gup-fast':
      return supports.gupFast;
    case 'deposit':
      return supports.pgtableDeposit;
  }
}

/** Headers without the bit have its helpers, which do nothing. */
function keepsExclusive(form: EntryForm): boolean {
  const make = form.helper('pte', 'swp_mkexclusive');
  const test = form.helper('pte', 'swp_exclusive');
  if (isAbsentHelper(make) || isAbsentHelper(test)) return false;
  return test.bits(make.bits(0n) as bigint) === true;
}
