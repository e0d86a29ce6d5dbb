import { hex, type Pfn, pfn, physAddr } from '@pagewright/core';
import type { StructPages } from '@pagewright/dump';
import type { Kernel } from './kernel.js';
import type { Ground } from './probes.js';

/** Frames that the decision knows by number. */
export interface SpecialFrames {
  isZero(frame: bigint): boolean;
  /** The first zero page and the one after the last; absent where their contents tell them. */
  readonly zero?: readonly [bigint, bigint];
  /** First frame of the huge zero folio, where one is in use; `unnamed`: its contents tell it. */
  readonly hugeZero?: Pfn | 'unnamed';
  readonly highest: Pfn;
  readonly grounds: readonly Ground[];
}

/** zero_pfn has had another name since 7.2. */
const ZERO_PFN = ['zero_page_pfn', 'zero_pfn'] as const;
const HIGHEST = 'highest_memmap_pfn';
const HUGE_ZERO = 'huge_zero_pfn';
/** What huge_zero_pfn holds while there is no huge zero folio: all bits set. */
const NO_FRAME = -1n;

/**
 * Reads them from the kernel's variables. A table of functions alone does not have those: then a page
 * is taken for the shared zeropage that is reserved and holds nothing but zeros; `hugeZeroByContent`
 * finds the huge zero folio.
 *
 * @param isReserved PG_reserved of a frame
 */
export function specialFrames(
  kernel: Kernel,
  pages: StructPages,
  isReserved: (frame: bigint) => boolean,
): SpecialFrames {
  const word = (name: string): bigint | undefined => {
    const at = kernel.symbol(name);
    const found = at === undefined ? undefined : kernel.virtual.pointer(at);
    return found?.ok ? found.value : undefined;
  };
  const grounds: Ground[] = [];
  const huge = word(HUGE_ZERO);
  const isUsed =
    huge !== undefined && huge !== BigInt.asUintN(8 * kernel.virtual.wordBytes, NO_FRAME);
  // Kernels without huge pages have no such variable; a table of functions alone has no variable.
  const isNamed = huge !== undefined || namesVariables(word);
  const hugeZero = isUsed ? pfn(huge) : isNamed ? undefined : 'unnamed';
  grounds.push({
    choice: `huge zero folio ${isUsed ? hex(huge) : hugeZero === undefined ? 'none' : 'by content'}`,
    because: huge === undefined ? `no variable ${HUGE_ZERO}` : `variable ${HUGE_ZERO}`,
  });
  const highest = word(HIGHEST);
  const end = pages.runs.at(-1)?.endPfn ?? 0n;
  const last = end === 0n ? 0n : end - 1n;
  grounds.push({
    choice: `highest frame ${hex(highest ?? last)}`,
    because:
      highest === undefined
        ? `no variable ${HIGHEST}; the last struct page`
        : `variable ${HIGHEST}`,
  });
  return {
    ...zeroTest(kernel, word, isReserved, grounds),
    ...(hugeZero === undefined ? {} : { hugeZero }),
    highest: pfn(highest ?? last),
    grounds,
  };
}

/** Every kernel has one of these variables. */
const namesVariables = (word: (name: string) => bigint | undefined): boolean =>
  ZERO_PFN.some((name) => word(name) !== undefined);

/** is_zero_pfn(): one frame, or as many as the cache has colours (zero_page_mask). */
function zeroTest(
  kernel: Kernel,
  word: (name: string) => bigint | undefined,
  isReserved: (frame: bigint) => boolean,
  grounds: Ground[],
): Pick<SpecialFrames, 'isZero' | 'zero'> {
  const shift = BigInt(kernel.form.definition.pageShift);
  const name = ZERO_PFN.find((each) => word(each) !== undefined);
  const first = name === undefined ? undefined : word(name);
  if (name !== undefined && first !== undefined) {
    const more = (word('zero_page_mask') ?? 0n) >> shift;
    grounds.push({
      choice: `zeropage ${hex(first)}${more === 0n ? '' : ` and ${more} after it`}`,
      because: `variable ${name}${more === 0n ? '' : ', zero_page_mask'}`,
    });
    const end = first + more + 1n;
    return { isZero: (frame) => frame >= first && frame < end, zero: [first, end] };
  }
  grounds.push({
    choice: 'zeropage by content',
    because: `no variable ${ZERO_PFN.join(', ')}: a reserved page of zeros`,
  });
  const known = new Map<bigint, boolean>();
  const looksZero = (frame: bigint): boolean => {
    if (!isReserved(frame)) return false;
    const page = kernel.virtual.memory.read(physAddr(frame << shift), 2 ** Number(shift));
    return page.ok && page.value.every((byte) => byte === 0);
  };
  return {
    isZero(frame) {
      let answer = known.get(frame);
      if (answer === undefined) {
        answer = looksZero(frame);
        known.set(frame, answer);
      }
      return answer;
    },
  };
}
