import { VM_MIXEDMAP, VM_PFNMAP } from '../vma/flags.js';
import { isCowMapping, linearPfn } from '../vma/vma.js';
import type { Decision, Verdict } from './verdict.js';

/**
 * vm_normal_page_pfn(): what an entry that is not special maps. `marked` says whether this kernel
 * takes the special mark to work at this level: then the entry is a page whatever the VMA says;
 * otherwise the flags of the VMA and the frame must tell. All three forms end here.
 */
export function vmNormalPagePfn(d: Decision, marked: boolean): Verdict {
  if (marked) {
    d.note('not-special');
    return checked(d);
  }
  return byVma(d) ?? zeroFilter(d) ?? checked(d);
}

/** The flags of the VMA, where no mark can be looked at; undefined when they do not decide. */
function byVma(d: Decision): Verdict | undefined {
  const { flags } = d.vma;
  if ((flags & VM_MIXEDMAP) !== 0n) return mixedMap(d);
  if ((flags & VM_PFNMAP) !== 0n) return pfnMap(d);
  d.note('plain-vma');
  return undefined;
}

function mixedMap(d: Decision): Verdict | undefined {
  if (!d.frames.memmap(d.pfn)) return d.none('mixedmap-no-memmap');
  if (d.kernel.has('common-normal-page')) {
    d.note('mixedmap-memmap');
    return undefined;
  }
  if (d.level === 'pte' && d.isZero && d.kernel.has('zeropage-support')) {
    return d.none('mixedmap-zeropage');
  }
  return d.page('mixedmap-page');
}

function pfnMap(d: Decision): Verdict | undefined {
  if (d.kernel.has('cow-fault-needs-special') && !d.kernel.hasSpecial('pte')) {
    return d.none('pfnmap-not-cow');
  }
  if (d.kernel.has('drop-linear-cow-rule')) return pfnMapByAnon(d);
  const { vma, kernel, question } = d;
  if (d.pfn === linearPfn(vma, question.addr, kernel.pageShift)) return d.none('pfnmap-linear');
  if (!isCowMapping(vma.flags)) return d.none('pfnmap-not-cow');
  d.note('pfnmap-cow-off-line');
  return undefined;
}

/** vm_pfnmap_normal_page_pfn() of the RFC: only anonymous memory can be a copy. */
function pfnMapByAnon(d: Decision): Verdict {
  if (!isCowMapping(d.vma.flags)) return d.none('pfnmap-not-cow');
  if (!d.frames.memmap(d.pfn)) return d.none('pfnmap-cow-no-memmap');
  const anon = d.frames.isAnon(d.pfn) && !d.frames.isSlab(d.pfn);
  return anon ? d.page('pfnmap-cow-anon') : d.none('pfnmap-cow-not-anon');
}

/** Zero pages that are mapped uncounted; before the common helper each level knew its own kind. */
function zeroFilter(d: Decision): Verdict | undefined {
  const bothKinds = d.kernel.has('common-normal-page');
  if (d.level === 'pmd' && d.devmap) return d.none('devmap-pmd');
  if ((bothKinds || d.level === 'pte') && d.isZero) return d.none('zeropage');
  if ((bothKinds || d.level === 'pmd') && d.isHugeZero) return d.none('huge-zero');
  return undefined;
}

/** The bound check, where there is one, and the warnings about what is handed out. */
function checked(d: Decision): Verdict {
  const { kernel } = d;
  const unbounded = kernel.has('drop-bound-check');
  if (unbounded) {
    if (!d.frames.memmap(d.pfn)) d.warn('pfn-without-memmap');
  } else if (d.pfn > d.frames.highest) {
    const reported = d.level === 'pte' || kernel.has('normal-page-by-level');
    return reported ? d.bad('above-highest-reported') : d.none('above-highest-silent');
  }
  const common = kernel.has('common-normal-page');
  const asksZero = common || (d.level === 'pte' && kernel.has('zeropage-support'));
  if (asksZero && (d.isZero || (common && d.isHugeZero))) d.warn('zero-as-normal');
  return d.page(unbounded ? 'page-unchecked' : 'page-of-frame');
}
