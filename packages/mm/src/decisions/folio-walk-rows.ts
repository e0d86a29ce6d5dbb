import {
  type MappingLevel,
  VM_MAYWRITE,
  VM_MIXEDMAP,
  VM_PFNMAP,
  VM_SHARED,
} from '@pagewright/core';
import { FW, folioWalkStart, newFolioWalk } from '../gup/folio-walk.js';
import { type Entry, NONE } from '../machine/entries.js';
import { WILD_PAGE } from '../normal-page.js';
import { Vma } from '../state/columns.js';
import { pfnOfKind } from './page-kinds.js';
import { answered } from './render.js';
import { BadRow, comparing, type DecisionComparer, type Inputs, type RowAnswer } from './row.js';
import { LEAF_PAGES, syntheticMask } from './synthetic-form.js';
import { type World, worldOf } from './world.js';

const LEVELS: Readonly<Record<string, MappingLevel>> = { pte: 'pte', pmd: 'pmd', pud: 'pud' };

const MAPS = { none: 0n, MIXEDMAP: VM_MIXEDMAP, PFNMAP: VM_PFNMAP } as const;

const FLAGS = {
  '0': 0,
  MIGRATION: FW.MIGRATION,
  ZEROPAGE: FW.ZEROPAGE,
  'MIGRATION|ZEROPAGE': FW.MIGRATION | FW.ZEROPAGE,
} as const;

/** How far into a huge leaf the address lies. */
const PAGES_INTO_LEAF = 3;

/** The pfn of each kind of entry by its name in the files, without `_special`. */
const PFN_KINDS: Readonly<Record<string, Readonly<Record<MappingLevel, string>>>> = {
  // Where pages of each kind lie shows in the answers of v6.18, which reports what is too high.
  normal: { pte: 'file', pmd: 'file_huge', pud: 'beyond_valid' },
  zero_kind: { pte: 'zero', pmd: 'hz_head', pud: 'hz_head' },
  pfn_valid: { pte: 'file', pmd: 'file_huge', pud: 'beyond_valid' },
  pfn_no_memmap: { pte: 'beyond', pmd: 'beyond', pud: 'beyond' },
  devmap: { pte: 'beyond', pmd: 'beyond', pud: 'beyond' },
};

/** Makes the row's entry; answers it with the pfn that it holds. */
function entryOf(world: World, row: Inputs): { readonly entry: Entry; readonly pfn: number } {
  const { model, level } = world;
  const space = model.machine.space(level);
  const name = row.get('entry');
  if (name === 'none') return { entry: NONE, pfn: 0 };
  const subject = model.machine.memory.pfn(world.subject);
  if (name === 'nonpresent_migration')
    return { entry: absent(world, 'migration-read', subject), pfn: subject };
  if (name === 'nonpresent_other') return { entry: absent(world, 'swap', subject), pfn: subject };
  const kind = PFN_KINDS[name.replace(/_special(_bit)?$/, '')]?.[level];
  if (kind === undefined) throw new BadRow(`entry "${name.slice(0, 40)}" is unknown`);
  const pfn = pfnOfKind(world, kind);
  if (pfn === undefined) throw new BadRow(`no page ${kind}`);
  const leaf = space.leaf(pfn, world.prot(false));
  if (name === 'devmap') return { entry: space.to.mkdevmap(leaf), pfn };
  return { entry: name.includes('special') ? space.to.mkspecial(leaf) : leaf, pfn };
}

/** A non-present entry; PUDs have none of any kind, whatever their bits. */
function absent({ model, level }: World, kind: 'migration-read' | 'swap', pfn: number): Entry {
  const space = model.machine.space(level);
  return (
    space.makeAbsent(kind, pfn) ??
    space.of(space.word(space.leaf(pfn, 0)) | syntheticMask('SWP_TYPE'))
  );
}

const folioWalkRows: RowAnswer = (row, revision) => {
  const level = row.of('level', LEVELS);
  const world = worldOf(revision, row, level);
  const { model, vma } = world;
  const { entry, pfn } = entryOf(world, row);
  world.setEntry(entry);
  const into = Math.min(PAGES_INTO_LEAF, LEAF_PAGES[level] - 1);
  const start = model.state.get(Vma.start, vma);
  const vpn = row.get('addr') === 'outside' ? start - 1 : world.vpn + into;
  const fw = newFolioWalk();
  return (inputs) => {
    const cow = inputs.is('cow') ? VM_MAYWRITE : VM_SHARED;
    world.setFlags(cow | inputs.of('map', MAPS));
    const onLine = pfn - (vpn - start);
    model.state.set(Vma.pgoff, vma, inputs.is('linear') ? onLine : onLine + 1);
    return answered(
      world,
      () => folioWalkStart(model, fw, vma, vpn, inputs.of('flags', FLAGS)),
      (folio) =>
        folio === -1 ? 'NULL' : `${fw.level} folio:ok page:${exposed(world, fw.page, pfn, into)}`,
    );
  };
};

/** Where the page lies behind the entry's pfn; a wild pointer is one of the same distance. */
function exposed({ model }: World, page: number, pfn: number, into: number): string {
  if (page === -1) return 'NULL';
  return page === WILD_PAGE ? `+${into}` : `+${model.machine.memory.pfn(page) - pfn}`;
}

/** Group `folio_walk`. */
export const folioWalkComparer: DecisionComparer = {
  group: 'folio_walk',
  compare: comparing({ folio_walk_start: folioWalkRows }),
};
