import type { KernelRegion, VirtAddr } from '@pagewright/core';
import type { KernelImage } from '../kernel.js';

/** Parts of the image between symbols that every architecture has (asm-generic/sections.h). */
const IMAGE_PARTS = [
  ['kernel text', '_text', '_etext'],
  ['kernel read-only data', '__start_rodata', '__end_rodata'],
  ['kernel data', '_sdata', '_edata'],
  ['kernel init', '__init_begin', '__init_end'],
  ['kernel init text', '_sinittext', '_einittext'],
  ['kernel bss', '__bss_start', '__bss_stop'],
] as const;

/** What has no region. */
export const ELSEWHERE = 'elsewhere';

/** Names addresses of a kernel by the region that they lie in. */
export interface RegionNames {
  /** All regions, by ascending start, the larger one first. */
  readonly regions: readonly KernelRegion[];
  /** Name of the smallest region that has the address, `elsewhere` where there is none. */
  at(address: bigint): string;
}

/** Regions of a kernel: the layout's runs, what the architecture knows, and parts of the image. */
export function regionsOf(kernel: KernelImage): RegionNames {
  const { architecture, form, virtual, vmcoreinfo, symbol } = kernel;
  const { layout, memory } = virtual;
  const probe = (address: Parameters<typeof memory.read>[0], length: number) => {
    const found = memory.read(address, length);
    return found.ok ? found.value : undefined;
  };
  const facts = { form, vmcoreinfo, symbol, probe };
  const known = architecture.kernelSpace?.regions(facts, layout) ?? [];
  const runs = layout.runs.map(({ name, start, end }) => ({ name, start, end }));
  return regionNames([...runs, ...known, ...imageParts(symbol)]);
}

function imageParts(symbol: (name: string) => VirtAddr | undefined): readonly KernelRegion[] {
  return IMAGE_PARTS.flatMap(([name, first, last]) => {
    const [start, end] = [symbol(first), symbol(last)];
    return start === undefined || end === undefined || end <= start ? [] : [{ name, start, end }];
  });
}

/** Names by regions that may overlap; of equal ones the last wins. */
export function regionNames(given: readonly KernelRegion[]): RegionNames {
  const size = ({ start, end }: KernelRegion) => end - start;
  const smallestFirst = given.toReversed().sort((a, b) => compare(size(a), size(b)));
  return {
    regions: [...given].sort((a, b) => compare(a.start, b.start) || compare(size(b), size(a))),
    at: (address) =>
      smallestFirst.find(({ start, end }) => address >= start && address < end)?.name ?? ELSEWHERE,
  };
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
