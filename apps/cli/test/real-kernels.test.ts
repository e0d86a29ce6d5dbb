import { type VirtAddr, virtAddr, walk, walkEntries } from '@pagewright/core';
import { structPages, type VirtualMemory } from '@pagewright/dump';
import { describe, expect, test } from 'vitest';
import { guests, realKernel, value } from './real-kernels.js';

/** PG_reserved in the guests of 6.1 and in the later ones (enum pageflags in their types). */
const RESERVED = { old: 1n << 12n, new: 1n << 13n };
/** Addresses tried in each half of a run. */
const SAMPLES = 4000n;

if (guests().length === 0) {
  test('DID NOT RUN: no real dumps; PAGEWRIGHT_DUMPS names a folder of them', () => {
    console.warn('real-kernels.test.ts: PAGEWRIGHT_DUMPS is not set, no real dump was looked at');
    expect(guests()).toEqual([]);
  });
}

describe.each(guests())('%s', (guest) => {
  test('the kernel’s own memory reads as the running kernel described it', async () => {
    const kernel = await realKernel(guest);
    const { dump, vmcoreinfo, symbols, truth, withoutSymbols, virtual } = kernel;
    for (const memory of [withoutSymbols, virtual]) {
      const uts = vmcoreinfo.symbol('init_uts_ns') as bigint;
      expect(memory.cString(virtAddr(uts), 65)).toEqual({ ok: true, value: 'Linux' });
      const banner = symbols.get('linux_banner');
      if (banner !== undefined) {
        const text = value(memory.cString(banner, 400)).trim();
        expect(truth).toContain(JSON.stringify(text).slice(1, -1));
      }
      const task = symbols.get('init_task');
      if (task !== undefined) {
        expect(Buffer.from(value(memory.read(task, 8192))).includes('swapper')).toBe(true);
      }
      expect(disagreements(memory)).toEqual([]);
      checkStructPages(memory, kernel);
    }
    const outside = addressesOutsideRuns(virtual);
    if (virtual.layout.form.arch !== 'um') expect(outside.length).toBeGreaterThan(100);
    for (const { address, physical } of outside) {
      expect(virtual.physical(address)).toEqual({ ok: true, value: physical });
    }
    dump.close();
  }, 120_000);
});

/** Addresses of runs for which the kernel's tables say something else. */
function disagreements({ layout, memory }: VirtualMemory): string[] {
  return layout.runs.flatMap((run) => {
    const step = ((run.end - run.start) / SAMPLES) & ~7n;
    const wrong: string[] = [];
    for (let i = 0n; i < 2n * SAMPLES; i++) {
      // Half over all of the run, half over its first bytes, where memory is.
      const address = run.start + (i < SAMPLES ? i * step : (i - SAMPLES) * 0x1_3008n);
      const physical = layout.directMap(address);
      if (physical === undefined || !memory.read(physical, 1).ok) continue;
      const { end } = value(walk(layout.form, memory, layout.root, address));
      if (end.kind === 'mapped' && end.physical !== physical) wrong.push(address.toString(16));
    }
    return wrong;
  });
}

/** Some of what the tables map beside the runs: vmalloc, vmemmap, modules. */
function addressesOutsideRuns({ layout, memory }: VirtualMemory) {
  const { form, root } = layout;
  const bits = BigInt(form.definition.addressBits);
  const upper = form.definition.canonical !== 'unsigned';
  const start = upper
    ? (1n << 64n) - (1n << (form.definition.canonical === 'either-half' ? bits : bits - 1n))
    : 0n;
  const end = upper ? 1n << 64n : 1n << bits;
  const found: { address: VirtAddr; physical: bigint }[] = [];
  for (const part of value(walkEntries(form, memory, root, { start, end }))) {
    if (part.decoded.kind !== 'leaf' || layout.directMap(part.start) !== undefined) continue;
    if (memory.read(part.decoded.physical, 1).ok) {
      found.push({ address: part.start, physical: part.decoded.physical });
    }
    if (found.length >= 5000) break;
  }
  return found;
}

function checkStructPages(
  virtual: VirtualMemory,
  { vmcoreinfo, symbols, truth }: Awaited<ReturnType<typeof realKernel>>,
) {
  const pages = value(structPages(virtual, vmcoreinfo));
  expect(pages.incomplete).toBe(false);
  const base = /"vmemmap_base":\s*(\d+)/.exec(truth)?.[1];
  expect(pages.model).toBe(base === undefined ? 'flat' : 'vmemmap');
  for (const { firstPfn, start } of base === undefined ? [] : pages.runs) {
    expect(start - firstPfn * BigInt(pages.size)).toBe(BigInt(base as string));
  }
  const variable = symbols.get('zero_pfn') ?? symbols.get('zero_page_pfn');
  if (variable === undefined) return;
  const zero = value(virtual.u64(variable));
  const page = pages.pageAddress(zero) as VirtAddr;
  expect(pages.pfnOfPage(page)).toBe(zero);
  const reserved = vmcoreinfo.lines.has('OFFSET(page.compound_dtor)') ? RESERVED.old : RESERVED.new;
  expect(value(virtual.u64(page)) & reserved).toBe(reserved);
}
