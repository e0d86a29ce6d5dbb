import type { Sign } from '../incident.js';
import type { Region } from '../log/region.js';

/** Names of what is looked for near a report. */
export type NearSign =
  | 'boot'
  | 'debug-vm-pgtable'
  | 'elided'
  | 'kasan'
  | 'machine-check'
  | 'slab-damage'
  | 'slab-table'
  | 'iommu-fault'
  | 'xen'
  | 'xen-pv';

/** Messages and words near a report that tell of its reasons, each once. */
const NEAR: readonly (readonly [NearSign, RegExp, string])[] = [
  [
    'boot',
    /\bComm: swapper(?:\/0)?\b|\bprocess '?swapper\b|\bRun \/\w+\/init as init\b|^(?:start_kernel|kernel_init_freeable)\+/dm,
    'the kernel was still booting',
  ],
  [
    'debug-vm-pgtable',
    /\bdebug_vm_pgtable\b/d,
    "the kernel's own test of its page tables was running",
  ],
  ['elided', /\b(?:pte|pmd|anon_vma|mapping): ?\.\.\./d, 'values were left out by the writer'],
  ['kasan', /\bBUG: KASAN: |\bkasan: bad access\b/d, 'KASAN reported a bad access'],
  [
    'machine-check',
    /\[Hardware Error\]|\bmce: |\bEDAC \w+|\bMachine [Cc]heck\b|\bCC_ERR_CHECK_\w+|\bHPMC\b/d,
    'the machine reported an error of its own',
  ],
  [
    'slab-damage',
    /\bBUG \S+ \([^\n)]*\): [A-Z][^\n]{0,60}(?:overwritten|padding|invalid|corrupt)/d,
    'SLUB found an object overwritten',
  ],
  [
    'slab-table',
    /\bBUG (?:pgtable-2\^\d+|p[gum]d_cache|pte_cache)\b/d,
    'the damaged cache is the one of page tables',
  ],
  [
    'iommu-fault',
    /\bDMAR: \[|\bAMD-Vi: |\barm-smmu[^\n]{0,200}fault|\bIO_PAGE_FAULT\b/d,
    'an IOMMU refused a device an access',
  ],
  ['xen', /\(XEN\) |\bgntdev|\bprivcmd|\bxen_(?:pin|unpin|set_pte|alloc_pte)\w*/d, 'a Xen guest'],
  ['xen-pv', /\bRIP: e0(?:30|33):|\bgrant PTE\b/d, 'a paravirtual Xen guest, by its code segment'],
];

/** A page that another report near by shows as the slab allocator's. */
const SLAB_PAGE =
  /\bpfn:0x([0-9a-f]{1,16})\b[^\n]{0,99}\n(?:[^\n]{0,199}\n)?[^\n]{0,99}\bflags: [^\n]{0,199}\bslab\b/d;
/** How the sign of one starts; its frame number in hex follows. */
export const SLAB_PAGE_SIGN = 'slab-page ';

/** What lines near a report say of its reasons. */
export function readSigns(region: Region): readonly Sign[] {
  const slab = region.find(SLAB_PAGE);
  if (slab === undefined) return nearSigns(region);
  const value = `${SLAB_PAGE_SIGN}${slab[1]}`;
  const ground = `page 0x${slab[1]} belongs to the slab allocator`;
  return [...nearSigns(region), { what: 'near', value, ground, at: region.place(slab.index) }];
}

const nearSigns = (region: Region): readonly Sign[] =>
  NEAR.flatMap(([value, pattern, ground]) => {
    const found = region.find(pattern);
    return found === undefined
      ? []
      : [{ what: 'near', value, ground, at: region.place(found.index) } as const];
  });
