import { fail, ok, type Result, virtAddr } from '@pagewright/core';
import { type PageRun, pagesOfRuns, type StructPages } from './struct-pages/runs.js';
import { readSections } from './struct-pages/sections.js';
import type { VirtualMemory } from './virtual-memory.js';
import type { VmcoreInfo } from './vmcoreinfo.js';

export type { PageRun, StructPages } from './struct-pages/runs.js';

/**
 * Finds the struct pages: by mem_section where the kernel has one (SPARSEMEM), by the single node's
 * array, which VMCOREINFO describes for FLATMEM alone, else by the layout's vmemmap. Code `undecided`
 * where none of them is described.
 */
export function structPages(virtual: VirtualMemory, vmcoreinfo: VmcoreInfo): Result<StructPages> {
  const size = vmcoreinfo.size('page');
  if (size === undefined || size === 0) {
    return fail('undecided', 'VMCOREINFO does not say SIZE(page)');
  }
  const sections = readSections(virtual, vmcoreinfo);
  const { vmemmap } = virtual.layout;
  if (sections.ok && sections.value.runs.length > 0) {
    const { runs, incomplete } = sections.value;
    const model = runs.every((run) => startsAt(run, size) === startsAt(runs[0] as PageRun, size))
      ? 'vmemmap'
      : 'sparse';
    return ok(pagesOfRuns(model, size, runs, incomplete));
  }
  const flat = flatRun(virtual, vmcoreinfo);
  if (flat !== undefined) return ok(pagesOfRuns('flat', size, [flat]));
  if (vmemmap !== undefined) {
    const endPfn = ((1n << 64n) - vmemmap) / BigInt(size);
    return ok(pagesOfRuns('vmemmap', size, [{ firstPfn: 0n, endPfn, start: vmemmap }]));
  }
  const why = sections.ok ? 'mem_section is empty' : sections.problem.message;
  return fail('undecided', `no struct pages: ${why}; no vmemmap, no node_mem_map`);
}

/** Address that frame 0 has or would have: one and the same in all sections of a vmemmap. */
const startsAt = ({ firstPfn, start }: PageRun, size: number): bigint =>
  BigInt.asUintN(64, start - firstPfn * BigInt(size));

/** The only node's frames and its array of struct pages (struct pglist_data). */
function flatRun(virtual: VirtualMemory, vmcoreinfo: VmcoreInfo): PageRun | undefined {
  const node = vmcoreinfo.symbol('contig_page_data');
  const word = (member: string): bigint | undefined => {
    const offset = vmcoreinfo.offset(`pglist_data.${member}`);
    if (node === undefined || offset === undefined) return undefined;
    const found = virtual.pointer(virtAddr(BigInt.asUintN(64, node + BigInt(offset))));
    return found.ok ? found.value : undefined;
  };
  const start = word('node_mem_map');
  const firstPfn = word('node_start_pfn');
  const frames = word('node_spanned_pages');
  if (start === undefined || firstPfn === undefined || frames === undefined) return undefined;
  const endPfn = firstPfn + frames;
  // No machine has frames beyond its addresses, and a node has some.
  if (frames === 0n || endPfn >> BigInt(64 - virtual.layout.form.definition.pageShift) !== 0n) {
    return undefined;
  }
  return { firstPfn, endPfn, start };
}
