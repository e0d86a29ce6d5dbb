import { type Pfn, pfn, physAddr, type Result } from '@pagewright/core';
import type { Kernel } from './kernel.js';
import type { PageFacts } from './pages.js';

/**
 * Finds the huge zero folio of a kernel whose symbol table does not name `huge_zero_pfn`: one as
 * large as a pmd maps, that belongs to nobody, whose mappings nobody counts, and that holds nothing
 * but zeros as far as the dump has it.
 *
 * @param pages of a folio as large as a pmd maps
 * @returns the first frame of the huge zero folio for each frame in it
 */
export function hugeZeroByContent(
  { virtual, form }: Kernel,
  pages: bigint,
  facts: (frame: bigint) => Result<PageFacts>,
): (frame: bigint) => Pfn | undefined {
  const shift = BigInt(form.definition.pageShift);
  const isZeros = (frame: bigint): boolean => {
    const page = virtual.memory.read(physAddr(frame << shift), 2 ** Number(shift));
    return page.ok ? page.value.every((byte) => byte === 0) : page.problem.code === 'excluded';
  };
  const looksIt = ({ head, order, owner, type, hugetlb, mapcount }: PageFacts): boolean => {
    if (1n << BigInt(order) !== pages || owner !== 'none') return false;
    if (type !== null || hugetlb || mapcount !== 0) return false;
    for (let i = 0n; i < pages; i++) if (!isZeros(head + i)) return false;
    return true;
  };
  const known = new Map<bigint, boolean>();
  return (frame) => {
    const found = facts(frame);
    if (!found.ok) return undefined;
    const { head } = found.value;
    let answer = known.get(head);
    if (answer === undefined) {
      answer = looksIt(found.value);
      known.set(head, answer);
    }
    return answer ? pfn(head) : undefined;
  };
}
