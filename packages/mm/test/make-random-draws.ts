import { readMemory, writeMemory } from '../src/fault/access.js';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { truncateFile } from '../src/files/truncate.js';
import { forkMm } from '../src/fork/fork.js';
import { folioOf, isAnon, setFlag } from '../src/frames/folio.js';
import { lruAddDrain } from '../src/frames/lru-batch.js';
import { FOLL } from '../src/gup/flags.js';
import { FW, folioWalkStart, newFolioWalk } from '../src/gup/folio-walk.js';
import { getUserPages } from '../src/gup/get-user-pages.js';
import { getUserPagesFast } from '../src/gup/gup-fast.js';
import { putReference } from '../src/gup/reference.js';
import { shrinkHugeZeroFolio } from '../src/huge/huge-zero.js';
import {
  ERRNO,
  Frame,
  Mapping,
  MMAP_LOCK,
  Mm,
  type Model,
  NONE,
  PAGE_FLAG,
  Reference,
  remapPfnRange,
  Vma,
  vmfInsertMixed,
  vmfInsertMixedMkwrite,
  vmfInsertPageMkwrite,
  vmfInsertPfn,
  vmInsertPage,
  vmInsertPages,
  vmMapPagesZero,
  vmNormalPage,
} from '../src/index.js';
import { changeProtection } from '../src/mprotect/change-protection.js';
import { MM_CP } from '../src/mprotect/flags.js';
import { mprotect } from '../src/mprotect/mprotect.js';
import { ksmMerge, ksmUnmerge } from '../src/rmap/ksm.js';
import { migrateFolio } from '../src/rmap/migrate-folio.js';
import { folioMkclean } from '../src/rmap/mkclean.js';
import { reclaimFolio } from '../src/rmap/reclaim.js';
import { entryAt } from '../src/tables/tables.js';
import { exitMm } from '../src/vma/exit.js';
import { ADVICE, type Advice, madvise } from '../src/vma/madvise.js';
import { mmap } from '../src/vma/mmap.js';
import { mremap } from '../src/vma/mremap.js';
import { munmap } from '../src/vma/munmap.js';
import { addVmFlags, pageProtOf, vmaIsAnonymous, vmFlagsOf } from '../src/vma/vma.js';
import { unmapMappingPages } from '../src/zap/unmap-mapping.js';
import { zapVmaRange } from '../src/zap/zap-range.js';
import type { World } from './make-random.js';

/** Pages of a VMA of the world, and the first page of the first one. */
export const AREA = 8;
export const START = 0x1000;
/** Registers of a device, without struct page, below all memory. */
export const REGISTERS = 0x400;

/** Where a step takes place (`vma` is -1 in a hole), and a number for what else it needs. */
export interface At {
  readonly mm: number;
  readonly vma: number;
  readonly vpn: number;
  readonly choice: number;
}

/** An operation that sequences are made of. */
export interface Draw {
  readonly name: string;
  /** Its callers would call it there: drivers keep to their VMAs, and to the rules for them. */
  readonly fits: (world: World, at: At) => boolean;
  readonly run: (world: World, at: At) => number;
  /** Invariants of this kind of step are asked too. */
  readonly step?: 'fork' | 'mprotect';
  /** What a form must have for it to do the same as on others. */
  readonly needs?: 'special mark of PTEs' | 'GUP-fast' | 'NUMA hints';
  /** Made where nothing is mapped, too. */
  readonly inHoles?: true;
}

/** Processes at a time. */
const MOST_PROCESSES = 4;

const anywhere = (): boolean => true;
const ofDriver = (model: Model, vma: number): boolean => model.state.ref(Vma.ops, vma) === 0;
const inMixed = ({ model }: World, { vma }: At): boolean =>
  ofDriver(model, vma) && vmFlagsOf(model, vma).VM_MIXEDMAP;
/** Writes reach the driver's pages; in a private VMA they go to copies, which no driver maps. */
const writesThrough = ({ model }: World, { vma }: At): boolean =>
  vmFlagsOf(model, vma).VM_WRITE && vmFlagsOf(model, vma).VM_SHARED;
const inShared = ({ model }: World, { vma }: At): boolean =>
  ofDriver(model, vma) && vmFlagsOf(model, vma).VM_PFNMAP && !vmFlagsOf(model, vma).isCow;
const ofFile = ({ model }: World, { vma }: At): boolean => model.state.ref(Vma.mapping, vma) >= 0;
const inAnonymous = ({ model }: World, { vma }: At): boolean => vmaIsAnonymous(model, vma);
const countUsed = ({ state }: Model): number => {
  let count = 0;
  for (let mm = 0; mm < state.layout.capacities.mm; mm++) count += state.get(Mm.used, mm);
  return count;
};

/** Pages of a step: a few, or all that are left of its VMA. */
function pagesOf({ state }: Model, { vma, vpn, choice }: At): number {
  const left = state.get(Vma.end, vma) - vpn;
  return choice >= 896 ? left : Math.min(1 + (choice % 5), left);
}

/** A page of the driver; now and then the zeropage. */
function pageOf({ model, pages }: World, choice: number): number {
  const n = choice % (pages.length + 1);
  return n < pages.length ? (pages[n] as number) : (model.machine.zeroFrames[0] as number);
}

/** A frame that a driver may show by its number: registers, its own pages, the zeropage. */
function pfnOf(world: World, { vpn, choice }: At): number {
  const kind = choice % 7;
  if (kind > 4) return REGISTERS + (vpn % AREA);
  return world.model.machine.memory.pfn(pageOf(world, kind));
}

/** Runs something while a process's mmap_lock is held for writing, as in mmap(). */
function atMmap({ state }: Model, mm: number, operation: () => number): number {
  state.set(Mm.mmapLock, mm, MMAP_LOCK.write);
  try {
    return operation();
  } finally {
    state.set(Mm.mmapLock, mm, MMAP_LOCK.none);
  }
}

/** The folio that a process has at an address as a normal page; -1 for none. */
function folioAt(model: Model, { mm, vma, vpn }: At): number {
  const entry = entryAt(model, mm, vpn, 'pte');
  if (entry === NONE || !model.pte.is.present(entry)) return -1;
  const frame = vmNormalPage(model, 'pte', vma, vpn, entry);
  return frame < 0 ? -1 : folioOf(model, frame);
}

const FOLL_SETS = [
  0,
  FOLL.WRITE,
  FOLL.FORCE,
  FOLL.WRITE | FOLL.FORCE,
  FOLL.LONGTERM,
  FOLL.WRITE | FOLL.LONGTERM,
  FOLL.NOFAULT,
  FOLL.WRITE | FOLL.TOUCH,
] as const;
const follOf = (choice: number): number => FOLL_SETS[(choice >> 3) % FOLL_SETS.length] as number;

/** Read-only, read and write, nothing. */
const rights = ({ machine: { flagSets } }: Model, choice: number): bigint =>
  [flagSets.mask('VM_READ'), flagSets.mask('VM_READ', 'VM_WRITE'), 0n][(choice >> 3) % 3] as bigint;

/** Advice that leaves what is said of the whole machine alone. */
const adviceOf = (choice: number): Advice => ADVICE[(choice >> 3) % ADVICE.length] as Advice;

const nth = (found: readonly number[], n: number): number =>
  found.length === 0 ? -1 : (found[n % found.length] as number);

/** A reference that GUP handed out. */
function referenceOf({ state }: Model, choice: number): number {
  const found: number[] = [];
  const { reference: count } = state.layout.capacities;
  for (let at = state.next(Reference.used, 0, count); at >= 0; ) {
    found.push(at);
    at = state.next(Reference.used, at + 1, count);
  }
  return nth(found, choice);
}

const draw = (
  name: string,
  fits: Draw['fits'],
  run: Draw['run'],
  step?: 'fork' | 'mprotect',
): Draw => ({ name, fits, run, ...(step === undefined ? {} : { step }) });

/** An operation that is to happen more often than others. */
const often = (times: number, each: Draw): Draw[] => Array<Draw>(times).fill(each);

/** Everything that sequences are made of. */
export const DRAWS: readonly Draw[] = [
  draw('read', anywhere, ({ model }, { mm, vpn }) => readMemory(model, mm, vpn)),
  ...often(
    4,
    draw('write', anywhere, ({ model }, { mm, vpn, choice }) =>
      writeMemory(model, mm, vpn, choice % 4),
    ),
  ),
  draw(
    'fork',
    ({ model }) => countUsed(model) < MOST_PROCESSES,
    ({ model }, { mm }) => forkMm(model, mm),
    'fork',
  ),
  draw(
    'exit',
    ({ model }) => countUsed(model) > 1,
    ({ model }, { mm }) => {
      exitMm(model, mm);
      return 0;
    },
  ),
  draw('munmap', anywhere, ({ model }, at) => munmap(model, at.mm, at.vpn, pagesOf(model, at))),
  draw(
    'mprotect',
    anywhere,
    ({ model }, at) => mprotect(model, at.mm, at.vpn, pagesOf(model, at), rights(model, at.choice)),
    'mprotect',
  ),
  {
    // um knows no NUMA balancing, and so none of its entries.
    needs: 'NUMA hints',
    ...draw('NUMA hints', inAnonymous, ({ model }, at) =>
      changeProtection(
        model,
        at.vma,
        at.vpn,
        at.vpn + pagesOf(model, at),
        pageProtOf(model, at.vma),
        MM_CP.PROT_NUMA,
      ),
    ),
  },
  draw('zap', anywhere, ({ model }, at) => {
    zapVmaRange(model, at.vma, at.vpn, at.vpn + pagesOf(model, at));
    return 0;
  }),
  draw('get_user_pages', anywhere, ({ model }, at) =>
    getUserPages(model, at.mm, at.vpn, pagesOf(model, at), FOLL.GET | follOf(at.choice)),
  ),
  draw('pin_user_pages', anywhere, ({ model }, at) =>
    getUserPages(model, at.mm, at.vpn, pagesOf(model, at), FOLL.PIN | follOf(at.choice)),
  ),
  {
    ...draw('pin_user_pages_fast', anywhere, ({ model }, at) =>
      getUserPagesFast(model, at.mm, at.vpn, pagesOf(model, at), FOLL.PIN | follOf(at.choice)),
    ),
    needs: 'GUP-fast',
  },
  ...often(
    2,
    draw(
      'unpin',
      ({ model }, { choice }) => referenceOf(model, choice) >= 0,
      ({ model }, { choice }) => {
        putReference(model, referenceOf(model, choice));
        return 0;
      },
    ),
  ),
  draw('unshare', anywhere, ({ model }, { vma, vpn }) =>
    handleMmFault(model, vma, vpn, FAULT_FLAG.UNSHARE),
  ),
  draw('vm_insert_page', inMixed, (world, at) =>
    atMmap(world.model, at.mm, () =>
      vmInsertPage(world.model, at.vma, at.vpn, pageOf(world, at.choice)),
    ),
  ),
  draw('vm_insert_pages', inMixed, (world, at) =>
    atMmap(world.model, at.mm, () => {
      const pages = pagesOf(world.model, at);
      const frames = Array.from({ length: pages }, (_, i) => pageOf(world, at.choice + i));
      return vmInsertPages(world.model, at.vma, at.vpn, { frames, left: 0 });
    }),
  ),
  draw('vm_map_pages_zero', inMixed, (world, at) =>
    atMmap(world.model, at.mm, () => {
      const frames = Array.from({ length: AREA }, (_, i) => pageOf(world, at.choice + i));
      return vmMapPagesZero(world.model, at.vma, frames);
    }),
  ),
  // The zeropage made writable this way is known, and no driver does it (SPEC 15.2 d).
  draw('vmf_insert_page_mkwrite', inMixed, (world, at) => {
    const write = (at.choice & 512) !== 0 && writesThrough(world, at);
    const page = write ? nth(world.pages, at.choice) : pageOf(world, at.choice);
    return vmfInsertPageMkwrite(world.model, at.vma, at.vpn, page, write);
  }),
  {
    ...draw('vmf_insert_mixed', inMixed, (world, at) =>
      vmfInsertMixed(world.model, at.vma, at.vpn, pfnOf(world, at)),
    ),
    needs: 'special mark of PTEs',
  },
  {
    ...draw(
      'vmf_insert_mixed_mkwrite',
      (world, at) => inMixed(world, at) && writesThrough(world, at),
      (world, at) => vmfInsertMixedMkwrite(world.model, at.vma, at.vpn, pfnOf(world, at)),
    ),
    needs: 'special mark of PTEs',
  },
  draw('vmf_insert_pfn', inShared, (world, at) => {
    // Nothing keeps a driver from showing the zeropage for writing, but good sense.
    const own = world.model.machine.memory.pfn(nth(world.pages, at.choice));
    const pfn = at.choice < 512 ? own : REGISTERS + (at.vpn % AREA);
    return vmfInsertPfn(world.model, at.vma, at.vpn, pfn);
  }),
  draw('remap_pfn_range', inShared, ({ model }, at) => {
    const pages = pagesOf(model, at);
    // Slots must be empty.
    zapVmaRange(model, at.vma, at.vpn, at.vpn + pages);
    const prot = pageProtOf(model, at.vma);
    return remapPfnRange(model, at.vma, at.vpn, REGISTERS + (at.choice % 16), pages, prot);
  }),
  ...often(
    2,
    draw('reclaim', inAnonymous, ({ model }, at) => {
      const folio = folioAt(model, at);
      if (folio < 0 || !isAnon(model, folio)) return 0;
      lruAddDrain(model);
      return reclaimFolio(model, folio, true) ? 1 : 0;
    }),
  ),
  ...often(
    2,
    draw('migrate', anywhere, ({ model }, at) => {
      const folio = folioAt(model, at);
      const isMovable = folio >= 0 && model.state.get(Frame.owner, folio) !== 0;
      return isMovable ? migrateFolio(model, folio) : ERRNO.EFAULT;
    }),
  ),
  draw('merge equal pages', inAnonymous, ({ model }, at) => {
    addVmFlags(model, at.vma, 'VM_MERGEABLE');
    const others = [model.state.get(Vma.start, at.vma), at.vpn + 1];
    const vpn = nth(others, at.choice);
    if (vpn === at.vpn || vpn >= model.state.get(Vma.end, at.vma)) return 0;
    return ksmMerge(model, { vma: at.vma, vpn: at.vpn }, { vma: at.vma, vpn });
  }),
  draw('break a merge', inAnonymous, ({ model }, { vma, vpn }) => ksmUnmerge(model, { vma, vpn })),
  draw('madvise', anywhere, ({ model }, at) =>
    madvise(model, at.mm, at.vpn, pagesOf(model, at), adviceOf(at.choice)),
  ),
  {
    ...draw(
      'mmap',
      ({ anonymousEnd }, { vpn }) => vpn < anonymousEnd,
      ({ model, anonymousEnd }, { mm, vpn, choice }) =>
        mmap(model, mm, {
          start: vpn,
          pages: Math.min(1 + (choice % 5), anonymousEnd - vpn),
          prot: rights(model, choice),
          shared: false,
        }),
    ),
    inHoles: true,
  },
  draw(
    'mremap',
    ({ anonymousEnd }, { vpn }) => vpn < anonymousEnd,
    ({ model, places, anonymousEnd }, at) => {
      const pages = pagesOf(model, at);
      const to = places[at.choice % places.length] as number;
      if (to + pages > anonymousEnd) return ERRNO.EINVAL;
      const dontUnmap = at.choice % 3 === 0;
      const request = { start: at.vpn, oldPages: pages, newPages: pages, to, dontUnmap };
      return mremap(model, at.mm, request);
    },
  ),
  draw('folio_walk_start', anywhere, ({ model }, { vma, vpn, choice }) => {
    const flags = (choice & 1 ? FW.MIGRATION : 0) | (choice & 2 ? FW.ZEROPAGE : 0);
    return folioWalkStart(model, newFolioWalk(), vma, vpn, flags);
  }),
  draw('shrink the huge zero folio', anywhere, ({ model }) => (shrinkHugeZeroFolio(model) ? 1 : 0)),
  draw('unmap_mapping_pages', ofFile, ({ model }, { vma, choice }) => {
    const mapping = model.state.ref(Vma.mapping, vma);
    unmapMappingPages(model, mapping, choice % AREA, 1 + ((choice >> 3) % 3), choice > 511);
    return 0;
  }),
  draw('truncate and grow', ofFile, ({ model }, { vma, choice }) => {
    const mapping = model.state.ref(Vma.mapping, vma);
    truncateFile(model, mapping, choice % AREA);
    model.state.set(Mapping.size, mapping, AREA);
    return 0;
  }),
  draw('write protect for writeback', ofFile, ({ model }, at) => {
    const folio = folioAt(model, at);
    if (folio < 0 || isAnon(model, folio)) return 0;
    const cleaned = folioMkclean(model, folio);
    setFlag(model, folio, PAGE_FLAG.dirty, false);
    return cleaned;
  }),
];
