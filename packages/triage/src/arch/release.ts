import type { Sign } from '../incident.js';
import type { Region } from '../log/region.js';

/** Where a kernel says its release: at boot, and in the line of CPU and process of every report. */
const RELEASES: readonly (readonly [RegExp, string])[] = [
  [/\bLinux version (\d{1,2}\.\d{1,3}\S{0,80})/d, 'said at boot'],
  [
    /\b(?:Not tainted|Tainted: [A-Z ]{1,24}?)\s+(\d{1,2}\.\d{1,3}\S{0,80})/d,
    'said with the report',
  ],
];

/** What only kernels from a release on, or up to one, print. */
const ERAS: readonly (readonly [RegExp, string, string])[] = [
  [/\bpgd:[0-9a-f]{8,16} +(?:p4d|pud|pmd):/d, '6.18', 'the path of tables has a line of its own'],
  [/\bmmap_prepare: /d, '6.16', 'mmap_prepare is among the handlers'],
  [/\bpage_type: [0-9a-f]{2}\(\w+\)/d, '6.12', 'page types are numbers'],
  [/\bpage: refcount:/d, '6.9', 'the pointer to the page is not printed'],
  [/\bread_folio:/d, '5.19', 'read_folio is among the handlers'],
  [/\bpage:\S+ refcount:\d[^\n]* pfn:/d, '5.8', 'the page says its pfn'],
  [/\breadpage:/d, '4.1', 'readpage is among the handlers'],
  [/\bvma->vm_ops->fault:/d, '2.6.29', 'handlers are told as vma->vm_ops'],
];

/** Release of the kernel, as it says itself; undefined where it does not. */
export function findRelease(region: Region): Sign | undefined {
  for (const [pattern, ground] of RELEASES) {
    const found = region.find(pattern);
    if (found?.[1] === undefined) continue;
    const at = region.place(found.indices?.[1]?.[0] ?? found.index);
    return { what: 'release', value: found[1], ground, at };
  }
  return undefined;
}

/** The oldest release that prints in this way; undefined where nothing tells. */
export function findEra(region: Region): Sign | undefined {
  for (const [pattern, from, ground] of ERAS) {
    const found = region.find(pattern);
    if (found === undefined) continue;
    return { what: 'release', value: `${from} or later`, ground, at: region.place(found.index) };
  }
  return undefined;
}

/** Revisions that stand for the releases from one on, newest first. */
const STANDS_FOR: readonly (readonly [number, string])[] = [
  [700, 'v7.2'],
  [618, 'v6.18'],
  [615, 'v6.17'],
  [611, 'v6.12'],
  [609, 'v6.9'],
  [519, 'v6.1'],
  [0, 'v5.18'],
];

/** The revision whose rules are nearest to a release; undefined for what is no release. */
export function revisionOf(release: string): string | undefined {
  const [, major, minor] = /^(\d{1,2})\.(\d{1,3})/.exec(release) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  const number = Number(major) * 100 + Number(minor);
  return STANDS_FOR.find(([from]) => number >= from)?.[1];
}
