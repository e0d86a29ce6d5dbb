import {
  type EntryForm,
  type FindKernelLayout,
  fail,
  layoutOf,
  ok,
  physAddr,
  virtAddr,
} from '@pagewright/core';
import {
  field,
  parseBtf,
  parseTypesFile,
  parseVmcoreinfo,
  readBtf,
  readKallsyms,
  readModuleSymbols,
  structPages,
  type Types,
  virtualMemory,
} from '@pagewright/dump';
import { makeKernelTypes } from '../../dump/test/make-btf.js';
import { makeElfWithSection } from '../../dump/test/make-elf-section.js';
import { makeKallsyms } from '../../dump/test/make-kallsyms.js';
import { pageLayout } from '../src/page-layout.js';
import { damage, damageText } from './fuzz-damage.js';
import { type FuzzOutcome, named } from './fuzz-outcome.js';
import { Random } from './fuzz-random.js';
import { MACHINES } from './make-machine.js';
import { makeTypes } from './make-types.js';

/** Makes the damaged types, symbols or VMCOREINFO of a seed, and asks for everything in them. */
export function fuzzTable(seed: number): FuzzOutcome {
  const random = new Random(seed);
  return random.pick([fuzzTypes, fuzzTypes, fuzzSymbols, fuzzInfo])(random);
}

const BLOBS = [
  ...(['6.1', '6.12', '6.18', '7.2'] as const).map((page) => makeTypes({ page })),
  makeTypes({ page: '6.12', byteOrder: 'big', tree: 'red-black', rss: 'shared' }),
  makeKernelTypes().btf.blob(),
  makeKernelTypes('big').btf.blob(),
  makeKernelTypes().btf.blob([12, 0, 4, 0, 8, 12]),
];
const SOUND = BLOBS.map((blob) => {
  const types = parseBtf(blob);
  return types.ok ? types.value : undefined;
});

/** Words of BTF that mean something: numbers of types, kinds with lengths. */
const BTF_WORDS = Array.from({ length: 40 }, (_, i) => BigInt(i))
  .map((id) => id | (id << 32n))
  .concat([0x0400_ffffn, 0x8400_0001n << 32n, 0x0300_0000n, 0xffff_ffffn << 32n, 0x1300_0001n]);

function fuzzTypes(random: Random): FuzzOutcome {
  const which = random.below(BLOBS.length);
  const bytes = (BLOBS[which] as Uint8Array).slice();
  const places = [0, 8, 16, 24, ...Array.from({ length: 16 }, (_, i) => (i * bytes.length) >> 4)];
  damage({ bytes, little: bytes[0] === 0x9f, places, words: BTF_WORDS }, random);
  const cut = random.once(6) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
  const parsed = random.once(8)
    ? parseTypesFile(inElf(cut, random))
    : random.once(8)
      ? parseBtf(cut, SOUND[random.below(SOUND.length)] as Types)
      : parseBtf(cut);
  if (!parsed.ok) return { code: named(parsed.problem), entries: 0 };
  return { code: 'read', entries: askTypes(parsed.value) };
}

function inElf(btf: Uint8Array, random: Random): Uint8Array {
  const elf = makeElfWithSection('.BTF', btf, 64, 'little');
  const places = [0, 24, 40, 48, 56, elf.length - 192, elf.length - 128, elf.length - 64];
  if (random.once(2)) damage({ bytes: elf, little: true, places, words: BTF_WORDS }, random);
  return elf;
}

const ASKED = [
  'task_struct',
  'mm_struct',
  'vm_area_struct',
  'page',
  'folio',
  'maple_range_64',
  'dentry',
  'wide',
  'errno',
];
const PATHS = [
  '',
  '.mm',
  '.tasks.next',
  '.comm',
  '.comm[3]',
  '.flags',
  '.flags.f',
  '.slot[99999]',
  '.rss_stat[1].count',
  '._mapcount.counter',
  '.parent',
  '.slots[1].next',
  '.low',
  '.wide',
  '.tail[7]',
  '.vm_flags',
  '.d_name.len',
  '.',
];

function askTypes(types: Types): number {
  let asked = 0;
  const layout = layoutOf({ form: FORM, root: physAddr(0n), runs: [] });
  const memory = virtualMemory(
    { byteCount: 0n, read: () => fail('not-in-dump', 'nothing') },
    layout,
  );
  for (const name of ASKED) {
    for (const path of PATHS) {
      const whole = name + path;
      types.has(whole);
      types.offset(whole);
      types.sizeOf(whole);
      types.arrayLength(whole);
      asked += 4;
    }
    types.enumerators(name);
    const view = types.view(memory, virtAddr(0n), name);
    if (!view.ok) named(view.problem);
  }
  types.enumerators('pageflags');
  types.enumerator('PG_head');
  const record = types.record('task_struct', {
    comm: field.string('comm'),
    mm: field.pointer('mm'),
    pid: field.number('pid'),
    next: field.address('tasks'),
  });
  if (record.ok) record.value.read(memory, virtAddr(0n));
  else named(record.problem);
  const pages = pageLayout(types, 64);
  if (!pages.ok) named(pages.problem);
  return asked;
}

const TEXT = 0xffff_ffff_8100_0000n;
const SYMBOLS = [
  { name: '_stext', address: TEXT, type: 'T' },
  ...Array.from({ length: 90 }, (_, i) => ({
    name: `function_${i}`,
    address: TEXT + BigInt(i * 48),
    type: 't',
  })),
];

function fuzzSymbols(random: Random): FuzzOutcome {
  const form = random.pick(['relative', 'percpu-absolute', 'place-relative', 'absolute'] as const);
  const byteOrder = random.pick(['little', 'big'] as const);
  const made = makeKallsyms({ symbols: SYMBOLS, form, byteOrder, addressesFirst: random.once(2) });
  const { bytes, memory } = made;
  const places = Array.from({ length: 16 }, (_, i) => (i * bytes.length) >> 4);
  damage({ bytes, little: byteOrder === 'little', places, words: BTF_WORDS }, random);
  const text = random.once(3) ? damageText(made.vmcoreinfo, random) : made.vmcoreinfo;
  const modules = readModuleSymbols(
    { ...memory, cString: () => ok('name') },
    {
      module: 'made',
      symtab: virtAddr(TEXT),
      strtab: virtAddr(TEXT + 64n),
      typetab: virtAddr(TEXT),
      count: random.pick([0, 1, 20, 4096, 1 << 18, 0xffff_ffff]),
    },
  );
  if (!modules.ok) named(modules.problem);
  const found = readKallsyms(memory, parseVmcoreinfo(text));
  if (!found.ok) return { code: named(found.problem), entries: 0 };
  const symbols = found.value;
  for (let i = 0; i < symbols.count; i++) {
    const { name, address } = symbols.at(i);
    symbols.all(name);
    symbols.nearest(address);
  }
  const types = readBtf({ ...memory } as never, symbols);
  if (!types.ok) named(types.problem);
  return { code: 'read', entries: symbols.count };
}

const FORM: EntryForm = (() => {
  const form = MACHINES['x86_64, 4 levels']().architecture.backend.form('x86_64', {});
  if (!form.ok) throw new Error(form.problem.message);
  return form.value;
})();
const NAMES = Object.keys(MACHINES) as (keyof typeof MACHINES)[];
const COMMON = `OSRELEASE=6.12.0
PAGESIZE=4096
SYMBOL(_stext)=ffffffff81000000
SYMBOL(swapper_pg_dir)=ffffffff9e200000
SYMBOL(mem_section)=1000
LENGTH(mem_section)=4096
SIZE(mem_section)=32
OFFSET(mem_section.section_mem_map)=0
NUMBER(SECTION_SIZE_BITS)=27
NUMBER(MAX_PHYSMEM_BITS)=46
SYMBOL(contig_page_data)=2000
OFFSET(pglist_data.node_mem_map)=0
OFFSET(pglist_data.node_start_pfn)=8
OFFSET(pglist_data.node_spanned_pages)=16
SIZE(page)=64
`;

/** VMCOREINFO of a machine, its layout and struct pages over memory that repeats one page. */
function fuzzInfo(random: Random): FuzzOutcome {
  const machine = MACHINES[random.pick(NAMES)]();
  const { backend, kernelLayout } = machine.architecture;
  const release = random.pick(['6.1', '6.12', '7.2'] as const);
  const info = parseVmcoreinfo(damageText(COMMON + machine.lines(release).join('\n'), random));
  const form = backend.formFromDump({ vmcoreinfo: info.lines, elfMachine: machine.elfMachine });
  if (!form.ok) return { code: named(form.problem), entries: 0 };
  const page = new Uint8Array(1 << 20).map(() => random.u32());
  const memory = {
    byteCount: BigInt(page.length),
    read: (address: bigint, length: number) => {
      const at = Number(address % BigInt(page.length));
      return length <= page.length - at
        ? ok(page.subarray(at, at + length))
        : fail('not-in-dump', 'end');
    },
  };
  const probe: Parameters<FindKernelLayout>[0]['probe'] = (address, length) => {
    const read = memory.read(address, length);
    return read.ok ? read.value : undefined;
  };
  const layout = kernelLayout({ form: form.value, vmcoreinfo: info, probe });
  if (!layout.ok) return { code: named(layout.problem), entries: 0 };
  const pages = structPages(virtualMemory(memory, layout.value), info);
  if (!pages.ok) return { code: named(pages.problem), entries: 0 };
  for (let i = 0; i < 100; i++) {
    const address = pages.value.pageAddress(random.u64() >> BigInt(random.below(64)));
    if (address !== undefined) pages.value.pfnOfPage(address);
  }
  return { code: 'read', entries: pages.value.runs.length };
}
