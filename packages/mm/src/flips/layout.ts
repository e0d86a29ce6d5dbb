import { fail, ok, type Result } from '@pagewright/core';

/** A piece of physical memory that has struct pages: bytes from `start` to before `end`. */
export interface PhysicalRange {
  readonly start: number;
  readonly end: number;
  /** Memory of a device (ZONE_DEVICE): struct pages, but not memory that is online. */
  readonly device: boolean;
}

/** Where physical memory lies, in order of address. The last range ends at highest_memmap_pfn. */
export interface MemoryLayout {
  /** As it was written: `0-3G,4G-17G`. */
  readonly text: string;
  readonly ranges: readonly PhysicalRange[];
}

/** Where the frame of an entry lies. */
export type Place = 'memory' | 'device' | 'hole' | 'beyond';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
};
/** What the entries that are flipped need of the first range. */
const LEAST = 64 * (UNITS.M as number);
/** Ranges that a layout may have. */
const MOST_RANGES = 32;
/** Physical addresses have no more bits than this in any form. */
const ADDRESS_BITS = 52;

const RANGE = /^(device:)?(\d{1,12})([KMGT]?)-(\d{1,12})([KMGT]?)$/;

/**
 * Reads `0-3G,4G-17G,device:32G-48G`. Code `bad-memory` for anything else, for ranges out of order
 * or not of whole megabytes, and where the first is no RAM of 64 MiB at least.
 */
export function parseMemory(text: string): Result<MemoryLayout> {
  const shown = text.slice(0, 60);
  const refuse = (why: string): Result<never> =>
    fail('bad-memory', `memory "${shown}": ${why}`, { memory: shown });
  const parts = text.split(',');
  if (parts.length > MOST_RANGES) return refuse(`more than ${MOST_RANGES} ranges`);
  const ranges: PhysicalRange[] = [];
  let last = 0;
  for (const part of parts) {
    const [, device, from, fromUnit = '', to, toUnit = ''] = RANGE.exec(part) ?? [];
    if (from === undefined || to === undefined) {
      return refuse('must be ranges like 0-3G,4G-17G, with device: before those of devices');
    }
    const start = Number(from) * (UNITS[fromUnit] as number);
    const end = Number(to) * (UNITS[toUnit] as number);
    if (start < last || end <= start) return refuse('ranges must follow each other');
    if (start % (UNITS.M as number) !== 0 || end % (UNITS.M as number) !== 0) {
      return refuse('ranges must be of whole megabytes');
    }
    if (end > 2 ** ADDRESS_BITS) return refuse(`addresses have ${ADDRESS_BITS} bits at most`);
    ranges.push({ start, end, device: device !== undefined });
    last = end;
  }
  const [first] = ranges;
  if (first === undefined || first.device || first.end - first.start < LEAST) {
    return refuse('the first range must be 64M of RAM or more');
  }
  return ok({ text, ranges });
}

/** 16 GiB with a hole below 4 GiB, as on many machines; 1 GiB where an entry has 32 bits. */
export const DEFAULT_MEMORY = { 64: '0-3G,4G-17G', 32: '0-768M,1G-1280M' } as const;

/** The range that a frame lies in. */
const rangeOf = (
  { ranges }: MemoryLayout,
  pageShift: number,
  pfn: number,
): PhysicalRange | undefined => {
  const at = pfn * 2 ** pageShift;
  return ranges.find(({ start, end }) => at >= start && at < end);
};

/** highest_memmap_pfn. */
export const highestPfn = ({ ranges }: MemoryLayout, pageShift: number): number =>
  (ranges.at(-1)?.end ?? 0) / 2 ** pageShift - 1;

/** Where a frame lies. */
export function placeOf(layout: MemoryLayout, pageShift: number, pfn: number): Place {
  const range = rangeOf(layout, pageShift, pfn);
  if (range !== undefined) return range.device ? 'device' : 'memory';
  return pfn > highestPfn(layout, pageShift) ? 'beyond' : 'hole';
}

/** Physical addresses that pages are placed at, from the start of memory: the first that is RAM. */
const PAGES_AT = [0x92340000, 0x12340000, 0x2340000];
const ZERO_AT = 0x2a50000;
const TABLES_AT = 0x3000000;
/** Frames that follow each other at the place of the pages. */
export const PAGES = 8;

/** Frames that an example entry is made with, by pfn. */
export interface ExampleFrames {
  /** The first of `PAGES` frames of RAM. */
  readonly pages: number;
  readonly zero: number;
  readonly tables: number;
}

/** The frames of examples in a layout: numbers with set and clear bits, clear of each other. */
export function exampleFrames(layout: MemoryLayout, pageShift: number): ExampleFrames {
  const base = layout.ranges[0]?.start ?? 0;
  const at = (offset: number): number => (base + offset) / 2 ** pageShift;
  const isRam = (pfn: number): boolean => placeOf(layout, pageShift, pfn) === 'memory';
  const pages = PAGES_AT.find((offset) => isRam(at(offset)) && isRam(at(offset) + PAGES)) ?? 0;
  return { pages: at(pages), zero: at(ZERO_AT), tables: at(TABLES_AT) };
}
