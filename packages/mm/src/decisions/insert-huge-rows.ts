import { setHugeZeroFolio } from '../huge/huge-zero.js';
import { vmfInsertFolioPmd, vmfInsertFolioPud } from '../huge/insert-folio-huge.js';
import { vmfInsertPfnPmd, vmfInsertPfnPud } from '../huge/insert-huge.js';
import { type HugeLevel, leafStart } from '../huge/insert-leaf.js';
import { PFN_FLAG } from '../insert/pfn-flags.js';
import { Global, Vma } from '../state/columns.js';
import { entryOfKind } from './entry-kinds.js';
import { hugePfnOfKind } from './huge-page-kinds.js';
import { answered, changes, deltasOf, entryWord, faultWord } from './render.js';
import { BadRow, comparing, type DecisionComparer, type Inputs, type RowAnswer } from './row.js';
import { tablesGivenBack } from './tables-given-back.js';
import { MAP_KINDS, VMA_KINDS } from './vma-kinds.js';
import { type World, worldOf } from './world.js';

/** What the answers of this group list. */
const DELTAS = deltasOf(
  'ref',
  'entire',
  'large',
  'FILE',
  'SHMEM',
  'ANON',
  'NR_FILE_MAPPED',
  'NR_ANON_MAPPED',
  'NR_FILE_PMDMAPPED',
  'NR_SHMEM_PMDMAPPED',
  'NR_ANON_THPS',
  'deposit',
  'nr_ptes',
);

const PFN_FLAGS = { '-': 0, DEV: PFN_FLAG.dev, 'DEV|MAP': PFN_FLAG.dev | PFN_FLAG.map } as const;

/** What an operation of this group is called with. */
interface Call {
  readonly world: World;
  readonly vpn: number;
  readonly pfn: number;
  readonly frame: number;
  readonly write: boolean;
  readonly pfnFlags: number;
}

/** Rows of an operation that maps something at a level. */
const inserting =
  (level: HugeLevel, call: (on: Call) => number): RowAnswer =>
  (row, revision) => {
    const deposit = row.has('deposit') ? row.of('deposit', DEPOSITS) : DEPOSITS.not_needed;
    const world = worldOf(revision, row, level, { pgtableDeposit: deposit.needed });
    const { model } = world;
    const kind = row.get(row.has('folio') ? 'folio' : 'pfn');
    const pfn = hugePfnOfKind(world, kind);
    if (pfn === undefined) throw new BadRow(`page "${kind.slice(0, 40)}" is unknown`);
    const frame = model.machine.memory.frame(pfn);
    world.setEntry(entryOfKind(world, row.get('entry'), pfn));
    const { slot } = world;
    if (deposit.fails) model.state.set(Global.tablesRunOut, 0, 1);
    const pfnFlags = row.has('pfn_t') ? row.of('pfn_t', PFN_FLAGS) : 0;
    world.keep();
    return (inputs) => {
      world.restore();
      world.setFlags(inputs.of('vma', VMA_KINDS) | inputs.of('map', MAP_KINDS));
      world.setProt(inputs.flag('prot_write'));
      const vpn = addressOf(world, level, inputs);
      const on = { world, vpn, pfn, frame, write: inputs.flag('write'), pfnFlags };
      const describe = (value: number): string => {
        const counted = changes(world, DELTAS, frame, slot);
        return `${faultWord(value)} ${entryWord(world, slot, pfn)}${counted}${tablesGivenBack(model)}`;
      };
      return answered(world, () => call(on), describe);
    };
  };

const DEPOSITS = {
  not_needed: { needed: false, fails: false },
  needed_ok: { needed: true, fails: false },
  needed_alloc_fails: { needed: true, fails: true },
} as const;

/** The address asked about; for one whose leaf begins below the VMA, the VMA is cut off there. */
function addressOf(world: World, level: HugeLevel, inputs: Inputs): number {
  const { model, vma, vpn } = world;
  switch (inputs.get('addr')) {
    case 'inside':
      return vpn;
    case 'at_end':
      return model.state.get(Vma.end, vma);
    case 'aligned_addr_below_start':
      model.state.set(Vma.start, vma, leafStart(model, level, vpn) + 1);
      return vpn + 1;
    default:
      throw new BadRow(`addr "${inputs.get('addr').slice(0, 40)}" is unknown`);
  }
}

/** set_huge_zero_page() or _folio(), with a table at hand. */
const setHugeZeroRows: RowAnswer = (row, revision) => {
  const world = worldOf(revision, row, 'pmd');
  const { model, vma } = world;
  const { slot } = world;
  const folio = model.machine.hugeZeroFrame;
  const pfn = model.machine.memory.pfn(folio);
  const start = model.state;
  return (inputs) => {
    model.state = start.copy();
    world.setProt(inputs.flag('prot_write'));
    world.setEntry(entryOfKind(world, inputs.get('entry'), pfn));
    world.keep();
    const describe = (): string =>
      `void ${entryWord(world, slot, pfn)}${changes(world, DELTAS, folio, slot)}`;
    return answered(
      world,
      () => {
        setHugeZeroFolio(model, vma, slot, folio);
        return 0;
      },
      describe,
    );
  };
};

/** Group `insert_huge`: insertion of one PMD or PUD. */
export const insertHugeComparer: DecisionComparer = {
  group: 'insert_huge',
  compare: comparing({
    vmf_insert_pfn_pmd: inserting('pmd', ({ world, vpn, pfn, write, pfnFlags }) =>
      vmfInsertPfnPmd(world.model, world.vma, vpn, pfn, write, pfnFlags),
    ),
    vmf_insert_pfn_pud: inserting('pud', ({ world, vpn, pfn, write, pfnFlags }) =>
      vmfInsertPfnPud(world.model, world.vma, vpn, pfn, write, pfnFlags),
    ),
    vmf_insert_folio_pmd: inserting('pmd', ({ world, vpn, frame, write }) =>
      vmfInsertFolioPmd(world.model, world.vma, vpn, frame, write),
    ),
    vmf_insert_folio_pud: inserting('pud', ({ world, vpn, frame, write }) =>
      vmfInsertFolioPud(world.model, world.vma, vpn, frame, write),
    ),
    set_huge_zero: setHugeZeroRows,
  }),
};
