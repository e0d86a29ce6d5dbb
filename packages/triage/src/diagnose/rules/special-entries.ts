import type { Facts } from '../facts.js';
import { at, type Rule, type Say } from '../rule.js';

const DAX_NAMES = /dax/;
/** Architectures without pmd_special() (SPEC 0.4). */
const WITHOUT_HUGE_MARK: readonly string[] = [
  's390x',
  'loongarch64',
  'ppc64',
  'ppc64le',
  'mips64',
  'sparc64',
];

const isBadMap = ({ report }: Facts): boolean => report.kind === 'bad_page_map';

/** A reserved page on which no count was taken was counted down. */
const isReserved = ({ page }: Facts): boolean => page?.flagNames.includes('reserved') === true;

/** Special entries where they must not be, and entries that should be special (SPEC 2, 16.3). */
export const SPECIAL_RULES: readonly Rule[] = [
  {
    id: 'special-in-plain-vma',
    sentence: 'The special mark is set, and the VMA has neither VM_PFNMAP nor VM_MIXEDMAP.',
    source: 'mm/memory.c vm_normal_page(); SPEC 2.1, 16.3',
    applies: (f) => {
      const { word } = f;
      if (!isBadMap(f) || word?.reading.special !== true || !word.sound) return [];
      if (f.mayMapRawFrames !== false) return [];
      const place = at(word.entry.raw.at);
      const known = f.rawFrameDriver !== undefined || DAX_NAMES.test(f.names);
      return [
        {
          finding: 'special-where-forbidden',
          weight: known ? 8 : 5,
          sentence: known
            ? `a special entry in a VMA of ${f.rawFrameDriver ?? 'DAX'}, which has neither VM_PFNMAP nor VM_MIXEDMAP`
            : 'a special entry in a VMA with neither VM_PFNMAP nor VM_MIXEDMAP can only be the zero page',
          ...place,
        },
        {
          finding: 'bit-flip',
          weight: f.vma?.anonVma?.value === 0n || known ? 2 : 3,
          sentence: 'without the special mark the entry would be an ordinary one: one bit away',
          ...place,
        },
      ];
    },
  },
  {
    id: 'reserved-page-counted',
    sentence: 'A reserved page was counted down below zero.',
    source: 'FORMATS 1, field 3; mm/rmap.c',
    applies: (f) => {
      if (!isBadMap(f) || !isReserved(f) || (f.mapcount ?? 0) >= 0) return [];
      const place = at(f.page?.flags?.at);
      const raw = f.mayMapRawFrames === true || f.pageFitsVma === true;
      const handler = f.rawFrameDriver !== undefined || DAX_NAMES.test(f.names);
      const plainFile = f.pageFitsVma === false && !raw && !handler;
      const says: Say[] = [
        {
          finding: DAX_NAMES.test(f.names) ? 'device-page-counted' : 'lost-special-mark',
          weight: 6 + (raw || handler ? 2 : 0) - (plainFile ? 1 : 0),
          sentence: 'the page is reserved: zero page, vdso, device memory or firmware',
          ...place,
        },
      ];
      if (plainFile) {
        const sentence = 'a file mapping has no reserved pages: the frame number is wrong';
        says.push({ finding: 'foreign-entry', weight: 4, sentence, ...place });
      }
      return says;
    },
  },
  {
    id: 'page-in-raw-vma',
    sentence: 'A page was counted down in a VMA that maps raw frames.',
    source: 'mm/memory.c vm_normal_page(); SPEC 2.1',
    applies: (f) => {
      const raw = f.mayMapRawFrames === true || f.rawFrameDriver !== undefined;
      if (!isBadMap(f) || !raw || f.page === undefined) return [];
      if (isReserved(f) || (f.mapcount ?? 0) >= 0) return [];
      const sentence = 'the VMA maps raw frames, but the entry was taken for an ordinary page';
      return [
        {
          finding: 'lost-special-mark',
          weight: f.pageFitsVma === true ? 3 : 6,
          sentence,
          ...at(f.vma?.flags?.at),
        },
      ];
    },
  },
  {
    id: 'dax-page',
    sentence: 'The page is of DAX or of device memory.',
    source: 'fs/dax.c, mm/memremap.c',
    applies: (f) => {
      const zone = f.report.page?.flags?.value;
      const dax = DAX_NAMES.test(f.names) || f.inStack(/^dax_|_dax_/) !== undefined;
      if (!dax || zone === undefined) return [];
      const sentence = 'handlers or functions of DAX take part';
      return [{ finding: 'device-page-counted', weight: 5, sentence, ...at(f.page?.at) }];
    },
  },
  {
    id: 'xen-frame',
    sentence: 'Xen drivers or the hypervisor take part.',
    source: 'drivers/xen/gntdev.c, privcmd.c; FORMATS 1, field 5',
    applies: (f) => {
      const xen = f.near('xen');
      const driver = /gntdev|privcmd/.test(f.names);
      if (!isBadMap(f) || (xen === undefined && !driver)) return [];
      const sentence = driver ? 'the VMA is of gntdev or privcmd' : (xen?.ground ?? '');
      return [{ finding: 'foreign-frame', weight: driver ? 6 : 5, sentence, ...at(xen?.at) }];
    },
  },
  {
    id: 'driver-vma',
    sentence: "The VMA's handlers are a driver's that maps raw frames.",
    source: 'FORMATS 1, field 5',
    applies: (f) => {
      const driver = f.rawFrameDriver;
      if (!isBadMap(f) || driver === undefined) return [];
      const sentence = `the first suspect is the driver of ${driver}`;
      const place = at(f.vma?.file?.at ?? f.vma?.at);
      return [
        { finding: 'special-where-forbidden', weight: 1, sentence, ...place },
        { finding: 'lost-special-mark', weight: 1, sentence, ...place },
        { finding: 'foreign-frame', weight: 1, sentence, ...place },
      ];
    },
  },
  {
    id: 'frame-without-page',
    sentence:
      'An entry that is neither special nor absent was refused: its frame has no struct page.',
    source: 'mm/memory.c vm_normal_page(), highest_memmap_pfn; SPEC 1.5, 2.1',
    applies: (f) => {
      const { word } = f;
      if (!isBadMap(f) || f.page !== undefined || word === undefined) return [];
      const { kind, special, present } = word.reading;
      if (kind !== 'leaf' || special === true || present !== true || !word.sound) return [];
      const raw = f.mayMapRawFrames === true || f.rawFrameDriver !== undefined;
      const place = at(word.entry.raw.at);
      const sentence = 'the frame lies beyond all memory, and the entry is not marked special';
      const says: Say[] = [{ finding: 'foreign-entry', weight: 2, sentence, ...place }];
      if (raw) says.push({ finding: 'lost-special-mark', weight: 5, sentence, ...place });
      return says;
    },
  },
  {
    id: 'no-access',
    sentence: 'The refused entry is one without access, as PROT_NONE and NUMA hints make them.',
    source: 'mm/memory.c do_numa_page(); SPEC 6.8',
    applies: (f) => {
      const { word } = f;
      if (!isBadMap(f) || f.page !== undefined || word?.reading.protnone !== true) return [];
      if (!word.sound || word.reading.special === true) return [];
      const sentence = 'the entry maps memory, but allows no access: PROT_NONE or a NUMA hint';
      const place = at(word.entry.raw.at);
      return [
        { finding: 'no-access-misread', weight: 4, sentence, ...place },
        { finding: 'entry-misencoded', weight: 3, sentence, ...place },
      ];
    },
  },
  {
    id: 'huge-level-without-mark',
    sentence:
      'A huge entry was refused by a kernel that asks all levels for a mark which not all have.',
    source: 'mm/memory.c __vm_normal_page() of 6.18; SPEC 2.9',
    applies: (f) => {
      const { word } = f;
      if (!isBadMap(f) || word === undefined || !/^p[mu]d$/.test(word.entry.level)) return [];
      const place = at(word.entry.raw.at);
      const says: Say[] = [
        {
          finding: 'special-where-forbidden',
          weight: 3,
          sentence: `a whole ${word.entry.level} was refused: the huge zero folio, DAX or a driver's frames`,
          ...place,
        },
      ];
      if (WITHOUT_HUGE_MARK.includes(f.machine.arch)) {
        const sentence =
          'this architecture has no special mark for huge entries, which 6.18 does not allow for';
        says.push({ finding: 'zero-page-counted', weight: 5, sentence, ...place });
        says.push({ finding: 'entry-misencoded', weight: 4, sentence, ...place });
      }
      return says;
    },
  },
  {
    id: 'frame-beyond-memory',
    sentence: 'A special entry has a frame number that the processor cannot address.',
    source: 'arch/x86/mm/fault.c pgtable_bad(); FORMATS 6',
    applies: (f) => {
      if (f.report.kind !== 'corrupted_page_table') return [];
      const last = f.report.entries.at(-1);
      if (f.word === undefined) return [];
      const { special, pfn } = f.word.reading;
      if (last?.level !== 'pte' || special !== true || pfn === undefined) return [];
      const sentence = 'the entry is special, so a driver gave its frame number';
      return [{ finding: 'driver-frame', weight: 8, sentence, ...at(last.raw.at) }];
    },
  },
];
