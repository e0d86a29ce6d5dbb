import { VM_PFNMAP } from '../vma/flags.js';
import type { Decision, Verdict } from './verdict.js';

/**
 * What a special entry stands for. PTEs were always asked in full; PMDs and PUDs only since one
 * helper decides for all levels (mm/memory.c vm_normal_page*(), __vm_normal_page(); SPEC 2.1 to
 * 2.10).
 */
export function specialEntry(d: Decision): Verdict {
  const inFull = d.level === 'pte' || d.kernel.has('normal-page-by-level');
  return inFull ? askedInFull(d) : hugeAskedLittle(d);
}

function askedInFull(d: Decision): Verdict {
  const { kernel, vma, question } = d;
  const hook = vma.ops?.findNormalPage;
  const hookExists = !kernel.has('find-normal-page') || kernel.config.FIND_NORMAL_PAGE;
  if (hook !== undefined && hookExists) {
    const page = hook(question.addr);
    return page === null ? d.none('special-hook-none') : d.hookPage(page);
  }
  if (d.mayMapRawPfns) return rawPfn(d);
  if (d.isZero) return d.none('special-zeropage');
  if (kernel.has('normal-page-by-level') && d.isHugeZero) return d.none('special-huge-zero');
  if (d.devmap) return d.none('special-devmap');
  return d.bad('special-misplaced');
}

/** v6.12 asks nothing of a special PMD; the RFC warns unless it is the huge zero folio's. */
function hugeAskedLittle(d: Decision): Verdict {
  if (!d.kernel.has('common-normal-page')) return d.none('special-unasked');
  if (d.mayMapRawPfns) return rawPfn(d);
  if (d.level === 'pmd' && d.isHugeZero) return d.none('special-huge-zero');
  d.warn('special-in-plain-vma');
  return d.none('special-tolerated');
}

const rawPfn = (d: Decision): Verdict =>
  d.none((d.vma.flags & VM_PFNMAP) !== 0n ? 'special-pfnmap' : 'special-mixedmap');
