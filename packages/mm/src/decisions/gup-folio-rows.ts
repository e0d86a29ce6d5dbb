/** Rows of group `gup` that ask about a folio. */
import { VM_MAYWRITE, VM_SHARED, VM_WRITE } from '@pagewright/core';
import { fileKindNumber } from '../files/file-kinds.js';
import { folioOf } from '../frames/folio.js';
import { MM_FLAG, OWNER, PAGE_TYPE, PGMAP_TYPE } from '../frames/page-flags.js';
import { gupFastFolioAllowed } from '../gup/fast-folio-allowed.js';
import { FOLL } from '../gup/flags.js';
import { tryGrabFolio } from '../gup/grab.js';
import { tryGrabFolioFast } from '../gup/grab-fast.js';
import { folioIsLongtermPinnable } from '../gup/longterm.js';
import { gupMustUnshare } from '../gup/must-unshare.js';
import { folioMaybeDmaPinned, folioNeedsCowForDma } from '../rmap/pins.js';
import { Frame, Global, Mapping, Mm } from '../state/columns.js';
import { follFlags } from './gup-vma-rows.js';
import { pfnOfKind } from './page-kinds.js';
import { answered, errnoWord } from './render.js';
import { BadRow, type Inputs, type RowAnswer } from './row.js';
import { VM_MAYSHARE } from './vma-kinds.js';
import { type World, type WorldOptions, worldOf } from './world.js';

/** The frame of the page that a row names. */
function frameOf(world: World, row: Inputs): number {
  const pfn = pfnOfKind(world, row.get('page'));
  if (pfn === undefined) throw new BadRow('page is of no known kind');
  return world.model.machine.memory.frame(pfn);
}

/** VMAs of gup_must_unshare(): flags beside reading; the fast path has none. */
const VMAS = {
  cow: VM_WRITE | VM_MAYWRITE,
  private_never_writable: 0n,
  shared_writable: VM_SHARED | VM_MAYSHARE | VM_WRITE | VM_MAYWRITE,
  shared_readonly: VM_MAYSHARE,
  NULL: 0n,
} as const;

const mustUnshareRows: RowAnswer = (row, revision) => {
  const world = worldOf(revision, row);
  const frame = frameOf(world, row);
  if (world.model.has('gup-grabs-folios')) {
    // PageAnonExclusive() knows hugetlb by itself since then; the recording had a plain bit for it.
    world.model.state.set(Frame.type, world.subject, PAGE_TYPE.none);
  }
  world.setFlags(row.of('vma', VMAS));
  const vma = row.get('vma') === 'NULL' ? -1 : world.vma;
  return (inputs) => {
    const flags = follFlags(inputs, 'WRITE', 'PIN', 'GET', 'LONGTERM');
    return gupMustUnshare(world.model, vma, flags, frame) ? '1' : '0';
  };
};

/** Options of rows that say `64bit`: contiguous memory areas were toggled together with it. */
function widthOptions(row: Inputs): WorldOptions {
  const wide = row.flag('64bit');
  const config = { '64BIT': wide, CMA: wide };
  const page = row.has('page') ? row.get('page') : '';
  if (page === 'zone_movable') return { config, zone: 'movable' };
  return page === 'cma' ? { config, pageblock: 'cma' } : { config };
}

const MODES = { none: 0, GET: FOLL.GET, PIN: FOLL.PIN } as const;

/** What grabbing changed: references, pins, pins in the statistics. */
function grabbed({ model, before }: World, folio: number): string {
  const since = (column: typeof Frame.refcount, record: number): string =>
    `+${model.state.get(column, record) - before.get(column, record)}`;
  const counts = `ref${since(Frame.refcount, folio)} pin${since(Frame.pincount, folio)}`;
  return `${counts} stat${since(Global.pinsAcquired, 0)}`;
}

type Grab = 'fast' | 'slow' | 'page';

const grabRows =
  (named: (world: World) => Grab): RowAnswer =>
  (row, revision) => {
    const world = worldOf(revision, row, 'pte', widthOptions(row));
    const { model } = world;
    const folio = folioOf(model, frameOf(world, row));
    const how = named(world);
    world.keep();
    return (inputs) => {
      world.restore();
      const mode = inputs.of('mode', MODES);
      const flags = mode | follFlags(inputs, 'LONGTERM', 'PCI_P2PDMA');
      const refs = inputs.has('refs') ? inputs.number('refs') : 1;
      return answered(
        world,
        () =>
          how === 'fast'
            ? Number(tryGrabFolioFast(model, folio, refs, flags))
            : tryGrabFolio(model, folio, refs, flags),
        (value) => `${grabWord(world, how, value)} ${grabbed(world, folio)}`,
      );
    };
  };

/** A folio or NULL; an errno; up to 6.1 try_grab_page() answered true or false. */
function grabWord({ model }: World, how: Grab, value: number): string {
  if (how === 'fast') return value === 1 ? 'ok' : 'NULL';
  if (how === 'page' && !model.has('p2pdma-refused')) return value === 0 ? 'ok' : 'fail';
  return errnoWord(value);
}

const longtermRows: RowAnswer = (row, revision) => {
  const type = row.get('migratetype');
  const pageblock = type === 'cma' || type === 'isolate' ? type : undefined;
  const options: WorldOptions = {
    config: { CMA: row.flag('cma_config') },
    ...(pageblock === undefined ? {} : { pageblock }),
  };
  const normal = worldOf(revision, row, 'pte', options);
  const movable = worldOf(revision, row, 'pte', { ...options, zone: 'movable' });
  normal.keep();
  movable.keep();
  return (inputs) => {
    const world = inputs.is('zone_movable') ? movable : normal;
    const { model } = world;
    world.restore();
    const zeropage = model.machine.zeroFrames[0] as number;
    const folio = inputs.is('zero_page') ? zeropage : world.subject;
    const device = inputs.of('device', { none: 0, ...PGMAP_TYPE });
    if (device !== 0) model.state.setRef(Frame.pgmap, folio, world.pgmapOf(device));
    return folioIsLongtermPinnable(model, folio) ? '1' : '0';
  };
};

function setCounts(world: World, inputs: Inputs): void {
  const { state } = world.model;
  state.set(Frame.order, world.subject, inputs.number('order'));
  state.set(Frame.refcount, world.subject, inputs.number('refcount'));
  state.set(Frame.pincount, world.subject, inputs.number('pincount'));
}

const maybePinnedRows: RowAnswer = (row, revision) => {
  const world = worldOf(revision, row, 'pte', widthOptions(row));
  return (inputs) => {
    setCounts(world, inputs);
    return folioMaybeDmaPinned(world.model, world.subject) ? '1' : '0';
  };
};

const needsCowRows: RowAnswer = (row, revision) => {
  const world = worldOf(revision, row, 'pte', widthOptions(row));
  const { model, mm, vma, subject } = world;
  return (inputs) => {
    setCounts(world, inputs);
    model.state.set(Mm.flags, mm, inputs.is('mm_has_pinned') ? MM_FLAG.hasPinned : 0);
    model.state.set(Mm.writeProtectSeq, mm, inputs.is('seq_odd') ? 1 : 0);
    return answered(world, () => Number(folioNeedsCowForDma(model, vma, subject)), String);
  };
};

/** folio->mapping in rows of gup_fast_folio_allowed(): the owner, and the kind of its file. */
const MAPPINGS = {
  NULL: [OWNER.none, undefined],
  anon: [OWNER.anon, undefined],
  ksm: [OWNER.ksm, undefined],
  movable_bit: [OWNER.movable, undefined],
  file: [OWNER.file, 'file'],
  shmem: [OWNER.file, 'shmem'],
  secretmem: [OWNER.file, 'secretmem'],
} as const;
const LARGE_ORDER = 2;

const fastAllowedRows: RowAnswer = (row, revision) => {
  const config = { SECRETMEM: row.flag('secretmem_config') };
  const world = worldOf(revision, row, 'pte', { config });
  const { model, subject } = world;
  const [owner, file] = row.of('mapping', MAPPINGS);
  model.state.set(Frame.owner, subject, owner);
  model.state.set(Frame.order, subject, row.flag('large') ? LARGE_ORDER : 0);
  if (file !== undefined) {
    const mapping = model.state.take('mapping', Mapping.used);
    model.state.set(Mapping.kind, mapping, fileKindNumber(file));
    model.state.setRef(Frame.ownerId, subject, mapping);
  }
  return (inputs) => {
    const hugetlb = inputs.is('hugetlb') ? PAGE_TYPE.hugetlb : PAGE_TYPE.none;
    model.state.set(Frame.type, subject, inputs.is('slab') ? PAGE_TYPE.slab : hugetlb);
    const flags = follFlags(inputs, 'PIN', 'LONGTERM', 'WRITE');
    return answered(world, () => Number(gupFastFolioAllowed(model, subject, flags)), String);
  };
};

/** Functions of group `gup` that decide by a folio. */
export const gupFolioRows: Readonly<Record<string, RowAnswer>> = {
  gup_must_unshare: mustUnshareRows,
  gup_fast_folio_allowed: fastAllowedRows,
  // The conditional form had the name of the unconditional one.
  try_grab_folio: grabRows(({ model }) => (model.has('gup-grabs-folios') ? 'slow' : 'fast')),
  try_grab_folio_fast: grabRows(() => 'fast'),
  try_grab_page: grabRows(() => 'page'),
  folio_is_longterm_pinnable: longtermRows,
  folio_maybe_dma_pinned: maybePinnedRows,
  folio_needs_cow_for_dma: needsCowRows,
};
