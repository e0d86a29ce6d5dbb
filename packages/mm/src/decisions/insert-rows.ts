import { MM_FLAG, MMAP_LOCK } from '../frames/page-flags.js';
import { insertPage } from '../insert/insert-page.js';
import { insertPfn } from '../insert/insert-pfn.js';
import { PFN_FLAG } from '../insert/pfn-flags.js';
import { vmInsertPage } from '../insert/vm-insert-page.js';
import { insertMixed } from '../insert/vmf-insert-mixed.js';
import { vmfInsertPageMkwrite } from '../insert/vmf-insert-page-mkwrite.js';
import { vmfInsertPfnProt } from '../insert/vmf-insert-pfn.js';
import { Global, Mm, Vma } from '../state/columns.js';
import { hasVmFlag } from '../vma/vma.js';
import { entryOfKind } from './entry-kinds.js';
import { pfnOfKind } from './page-kinds.js';
import { answered, changes, deltasOf, entryWord, errnoWord, faultWord } from './render.js';
import { BadRow, comparing, type DecisionComparer, type Inputs, type RowAnswer } from './row.js';
import { MAP_KINDS, VMA_KINDS } from './vma-kinds.js';
import { type World, worldOf } from './world.js';

/** What the answers of this group list. */
const DELTAS = deltasOf('ref', 'map', 'large', 'FILE', 'SHMEM', 'ANON', 'NR_FILE_MAPPED');

/** Every pfn lies at or above it: a limit from which nothing may be mapped. */
const LOWEST_PFN = 1;

const PFN_FLAGS = {
  '-': 0,
  none: 0,
  DEV: PFN_FLAG.dev,
  'DEV|MAP': PFN_FLAG.dev | PFN_FLAG.map,
  SPECIAL: PFN_FLAG.special,
} as const;

/** What an operation of this group is called with. */
interface Call {
  readonly world: World;
  /** Page that is inserted, -1 without struct page. */
  readonly frame: number;
  readonly pfn: number;
  readonly pfnFlags: number;
  readonly vpn: number;
}

/**
 * Rows of an operation: sets up page, entry and VMA, calls, and writes the answer.
 *
 * @param word how the operation's value is written
 */
const inserting =
  (call: (on: Call, inputs: Inputs) => number, word: (value: number) => string): RowAnswer =>
  (row, revision) => {
    const world = worldOf(revision, row);
    const { model } = world;
    const kind = row.get(row.has('page') ? 'page' : 'pfn');
    const pfn = pfnOfKind(world, kind);
    if (pfn === undefined) throw new BadRow(`page "${kind.slice(0, 40)}" is unknown`);
    world.setEntry(entryOfKind(world, row.get('entry'), pfn));
    const { slot } = world;
    const frame = model.machine.memory.frame(pfn);
    const pfnFlags = row.has('pfn_t') ? row.of('pfn_t', PFN_FLAGS) : 0;
    const vpn = row.has('addr') ? addressOf(world, row) : world.vpn;
    world.keep();
    const on = { world, frame, pfn, pfnFlags, vpn };
    return (inputs) => {
      world.restore();
      setSituation(world, inputs);
      const mixed = hasVmFlag(model, world.vma, 'VM_MIXEDMAP');
      const describe = (value: number): string => {
        const became = !mixed && hasVmFlag(model, world.vma, 'VM_MIXEDMAP');
        const entry = entryWord(world, slot, pfn);
        const counted = changes(world, DELTAS, frame, slot);
        return `${word(value)} ${entry}${counted}${became ? ' setMIXEDMAP' : ''}`;
      };
      return answered(world, () => call(on, inputs), describe);
    };
  };

/** What varies inside a row: VMA, protection, locks, what fails. */
function setSituation(world: World, inputs: Inputs): void {
  const { state } = world.model;
  const map = inputs.has('map') ? inputs.of('map', MAP_KINDS) : MAP_KINDS.MIXEDMAP;
  world.setFlags(inputs.of('vma', VMA_KINDS) | map);
  const fsdax = inputs.get('vma') === 'shared_writable_pfn_mkwrite_fsdax';
  world.setFile(fsdax ? 'fsdax' : undefined);
  world.setOps(fsdax ? 'pfn_mkwrite' : 'ops_plain');
  world.setProt(inputs.is('prot_write'));
  if (inputs.is('mm_forbids_zero')) state.set(Mm.flags, world.mm, MM_FLAG.forbidsZeropage);
  if (inputs.is('mmap_write_held')) state.set(Mm.mmapLock, world.mm, MMAP_LOCK.write);
  if (inputs.has('modify_allowed') && !inputs.is('modify_allowed')) {
    state.set(Global.modifyLimit, 0, LOWEST_PFN);
  }
  if (inputs.is('alloc_fail')) world.cutOff();
}

/** Where an operation is asked to insert: inside of the VMA, below it, at its end. */
function addressOf(world: World, row: Inputs): number {
  const { state } = world.model;
  switch (row.get('addr')) {
    case 'inside':
      return world.vpn;
    case 'below_start':
      return state.get(Vma.start, world.vma) - 1;
    case 'at_end':
      return state.get(Vma.end, world.vma);
    default:
      throw new BadRow(`addr "${row.get('addr').slice(0, 40)}" is unknown`);
  }
}

/** Group `insert`: insertion of one PTE. */
export const insertComparer: DecisionComparer = {
  group: 'insert',
  compare: comparing({
    insert_page: inserting(({ world, vpn, frame }, inputs) => {
      const { model, vma } = world;
      const prot = world.prot(inputs.is('prot_write'));
      return insertPage(model, vma, vpn, frame, prot, inputs.is('mkwrite'));
    }, errnoWord),
    insert_pfn: inserting(({ world, vpn, pfn, pfnFlags }, inputs) => {
      const { model, vma } = world;
      const prot = world.prot(inputs.is('prot_write'));
      return insertPfn(model, vma, vpn, pfn, prot, inputs.is('mkwrite'), pfnFlags);
    }, faultWord),
    __vm_insert_mixed: inserting(
      ({ world, vpn, pfn, pfnFlags }, inputs) =>
        insertMixed(world.model, world.vma, vpn, pfn, inputs.is('mkwrite'), pfnFlags),
      faultWord,
    ),
    vmf_insert_pfn_prot: inserting(({ world, vpn, pfn }, inputs) => {
      const prot = world.prot(inputs.is('prot_write'));
      return vmfInsertPfnProt(world.model, world.vma, vpn, pfn, prot);
    }, faultWord),
    vm_insert_page: inserting(
      ({ world, vpn, frame }) => vmInsertPage(world.model, world.vma, vpn, frame),
      errnoWord,
    ),
    vmf_insert_page_mkwrite: inserting(
      ({ world, vpn, frame }, inputs) =>
        vmfInsertPageMkwrite(world.model, world.vma, vpn, frame, inputs.is('write')),
      faultWord,
    ),
  }),
};
