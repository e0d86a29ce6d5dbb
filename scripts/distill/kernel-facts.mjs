// What a kernel knows about its frames: read from its memory in the dump where a symbol says where.
import { physAddr } from '../../packages/core/dist/index.js';
import { IMAGE_TO_PHYSICAL } from './forms.mjs';
import { hex } from './json.mjs';

/** Options that change entries or verdicts. One that a kernel does not name is off in it. */
const OPTIONS = [
  'ARCH_HAS_PTE_SPECIAL',
  'ARCH_SUPPORTS_PMD_PFNMAP',
  'ARCH_SUPPORTS_PUD_PFNMAP',
  'DEBUG_VM',
  'DEVICE_PRIVATE',
  'FS_DAX',
  'HUGETLB_PAGE',
  'MEM_SOFT_DIRTY',
  'SECRETMEM',
  'TRANSPARENT_HUGEPAGE',
];

/** Kernel options as a map of booleans. */
export function optionsOf(config) {
  const set = new Set([...config.matchAll(/^CONFIG_(\w+)=[ym]$/gm)].map(([, name]) => name));
  return Object.fromEntries(OPTIONS.map((name) => [name, set.has(name)]));
}

/** Zero frame(s), huge zero folio, highest pfn and the frames that have a struct page. */
export function kernelFacts(form, memory, { kallsyms, vmcoreinfo, iomem }) {
  const number = (key, radix) => {
    const line = vmcoreinfo.split('\n').find((text) => text.startsWith(`${key}=`));
    if (!line) throw new Error(`VMCOREINFO has no ${key}`);
    const digits = line.slice(key.length + 1).replace(/^0x/, '');
    return BigInt(radix === 16 ? `0x${digits}` : digits);
  };
  const symbol = (name) => {
    const line = kallsyms.split('\n').find((text) => text.endsWith(` ${name}`));
    return line && BigInt(`0x${line.split(' ')[0]}`);
  };
  const variable = (name) => {
    const address = symbol(name);
    if (address === undefined) return undefined;
    const physical = IMAGE_TO_PHYSICAL[form.arch](address, number);
    const found = memory.read(physAddr(physical), 8);
    if (!found.ok) throw new Error(`${name}: ${found.problem.message}`);
    const view = new DataView(found.value.buffer, found.value.byteOffset, 8);
    return view.getBigUint64(0, form.definition.byteOrder === 'little');
  };
  const shift = BigInt(form.definition.pageShift);
  const hugeZero = variable('huge_zero_pfn');
  const none = (1n << 64n) - 1n;
  // Architectures that colour the zero page have a power of two of them (zero_page_mask).
  const zeroCount = ((variable('zero_page_mask') ?? 0n) >> shift) + 1n;
  const order = form.levels.find(({ level }) => level === 'pmd').shift - Number(shift);
  return {
    zero: {
      first: hex(variable('zero_pfn')),
      count: Number(zeroCount),
      source: 'zero_pfn (and zero_page_mask, where the kernel has it) in kernel memory',
    },
    hugeZero:
      hugeZero === undefined || hugeZero === none
        ? null
        : { first: hex(hugeZero), count: 2 ** order, source: 'huge_zero_pfn in kernel memory' },
    highestPfn: {
      pfn: hex(variable('highest_memmap_pfn')),
      source: 'highest_memmap_pfn in kernel memory',
    },
    memmap: {
      ranges: sections(iomem, number('NUMBER(SECTION_SIZE_BITS)', 10), shift),
      source:
        'sections (SECTION_SIZE_BITS) that hold System RAM or persistent memory of /proc/iomem',
    },
  };
}

/** Pfn ranges [first, end) of the sparse-memory sections that hold memory. */
function sections(iomem, sectionBits, pageShift) {
  const present = new Set();
  for (const [, start, end, name] of iomem.matchAll(/^([0-9a-f]+)-([0-9a-f]+) : (.+)$/gm)) {
    if (!/^(System RAM|Persistent Memory)/.test(name)) continue;
    const last = BigInt(`0x${end}`) >> sectionBits;
    for (let n = BigInt(`0x${start}`) >> sectionBits; n <= last; n++) present.add(n);
  }
  const ranges = [];
  for (const n of [...present].sort((a, b) => (a < b ? -1 : 1))) {
    const first = n << (sectionBits - pageShift);
    const end = (n + 1n) << (sectionBits - pageShift);
    const previous = ranges.at(-1);
    if (previous && previous[1] === first) previous[1] = end;
    else ranges.push([first, end]);
  }
  return ranges.map((range) => range.map(hex));
}
