import type { Model } from '../model.js';
import { CLEAR_REFS, clearRefs } from '../walk/clear-refs.js';
import { HMM_PFN, HMM_REQ, hmmRangeFault } from '../walk/hmm.js';
import { numaMaps } from '../walk/numa-maps.js';
import { PAGEMAP, pagemap } from '../walk/pagemap.js';
import { PAGE_IS, pagemapScan } from '../walk/pagemap-scan.js';
import { smaps } from '../walk/smaps.js';
import { AT, operation, PROCESS, SWITCH, VMA } from './operation.js';

/** The pfn of a present entry of /proc/pid/pagemap. */
const PAGEMAP_PFN_BITS = 55;

/** Those who look at what is mapped (SPEC 12). Numbers that they tell stand beside the answer. */
export const walkOperations = [
  operation(
    'smaps',
    'what /proc/PID/smaps says of a VMA, in pages',
    'done',
    { vma: VMA },
    (model, { vma: { vma } }) => ({ value: 0, more: { ...smaps(model, vma) } }),
  ),
  operation(
    'numa_maps',
    'what /proc/PID/numa_maps counts in a VMA, in pages',
    'done',
    { vma: VMA },
    (model, { vma: { vma } }) => ({ value: 0, more: { ...numaMaps(model, vma) } }),
  ),
  operation(
    'pagemap',
    'the entry of a page in /proc/PID/pagemap: the page, and the flags',
    'page',
    { at: AT },
    (model, { at }) => {
      const word = pagemap(model, at.mm, at.vpn, 1)[0] ?? 0n;
      const flags = Object.entries(PAGEMAP).map(([name, bit]) => [
        name,
        (word & bit) === 0n ? 0 : 1,
      ]);
      const pfn = Number(BigInt.asUintN(PAGEMAP_PFN_BITS, word));
      return {
        value: (word & PAGEMAP.present) === 0n ? -1 : frameOf(model, pfn),
        more: Object.fromEntries(flags),
      };
    },
  ),
  operation(
    'pagemap_scan',
    'categories of a page as the PAGEMAP_SCAN ioctl has them (PAGE_IS_)',
    'done',
    { at: AT },
    (model, { at }) => {
      const category = pagemapScan(model, at.mm, at.vpn, 1)[0] ?? 0;
      const names = Object.entries(PAGE_IS).map(([name, bit]) => [
        name,
        (category & bit) === 0 ? 0 : 1,
      ]);
      return { value: 0, more: Object.fromEntries(names) };
    },
  ),
  operation(
    'clear_refs',
    'what is written to /proc/PID/clear_refs: ALL, ANON, MAPPED or SOFT_DIRTY',
    'error',
    { process: PROCESS, type: { kind: 'clearRefs', default: 'ALL' } },
    (model, { process, type }) => clearRefs(model, process, CLEAR_REFS[type]),
  ),
  operation(
    'hmm_range_fault',
    'the page that a device mirrors, faulted in with `fault` or `write`',
    'page',
    { at: AT, fault: SWITCH, write: SWITCH },
    (model, { at, fault, write }) => {
      // Who wants to write wants the page as well.
      const asked = (fault || write ? HMM_REQ.FAULT : 0) | (write ? HMM_REQ.WRITE : 0);
      const answer = hmmRangeFault(model, at.mm, at.vpn, 1, asked);
      if (typeof answer === 'number') return answer;
      const { pfn, flags } = answer[0] ?? { pfn: -1, flags: 0 };
      return {
        value: pfn < 0 ? -1 : frameOf(model, pfn),
        more: {
          write: (flags & HMM_PFN.WRITE) === 0 ? 0 : 1,
          error: (flags & HMM_PFN.ERROR) === 0 ? 0 : 1,
        },
      };
    },
  ),
];

const frameOf = ({ machine }: Model, pfn: number): number => machine.memory.frame(pfn);
