import { folioOf, folioPages, isLarge, setFlag } from '../frames/folio.js';
import { MM_FLAG, OWNER, PAGE_FLAG } from '../frames/page-flags.js';
import { dupFileRmap, tryDupAnonRmap } from '../rmap/dup.js';
import { addFileRmap } from '../rmap/file-rmap.js';
import { removeRmap } from '../rmap/remove.js';
import { tryShareAnonRmap } from '../rmap/share.js';
import { AnonVma, Frame, Mm } from '../state/columns.js';
import { pfnOfKind } from './page-kinds.js';
import { answered, changes, deltasOf, errnoWord } from './render.js';
import { BadRow, comparing, type DecisionComparer, type Inputs, type RowAnswer } from './row.js';
import { type World, worldOf } from './world.js';

/** What the answers of this group list; 6.1 has no count of mapped pages. */
const DELTAS = deltasOf('map', 'large', 'nrpm', 'exclusive', 'NR_FILE_MAPPED', 'NR_ANON_MAPPED');
const DELTAS_6_1 = DELTAS.filter(({ name }) => name !== 'nrpm');

/** Ends the name of an anonymous page whose anon_vma was freed. */
const DEAD = '_dead_anon_vma';

/** CONFIG_MM_ID was off when the rows were recorded. */
const OPTIONS = { config: { MM_ID: false } };

/** Rows of an operation on the PTE mappings of one page; `word` writes its value. */
const onePage =
  (call: (world: World, page: number) => number, word: (value: number) => string): RowAnswer =>
  (row, revision) => {
    const world = worldOf(revision, row, 'pte', OPTIONS);
    const { model } = world;
    const page = pageOf(world, row.get('folio'));
    const deltas = model.has('rmap-by-level') ? DELTAS : DELTAS_6_1;
    const unmapped = model.state;
    return (inputs) => {
      model.state = unmapped.copy();
      setCounts(world, page, inputs);
      world.keep();
      const describe = (value: number): string =>
        word(value) + changes(world, deltas, page, world.slot);
      return answered(world, () => call(world, page), describe);
    };
  };

/** Makes a page of the kind, with a living anon_vma unless the name says otherwise. */
function pageOf(world: World, kind: string): number {
  const { model } = world;
  const { state } = model;
  const isDead = kind.endsWith(DEAD);
  const pfn = pfnOfKind(world, isDead ? kind.slice(0, -DEAD.length) : kind);
  if (pfn === undefined) throw new BadRow(`folio "${kind.slice(0, 40)}" is unknown`);
  const page = model.machine.memory.frame(pfn);
  const folio = folioOf(model, page);
  if (state.get(Frame.owner, folio) !== OWNER.anon) return page;
  const anonVma = state.take('anonVma', AnonVma.used);
  state.set(AnonVma.refcount, anonVma, isDead ? 0 : 1);
  state.setRef(Frame.ownerId, folio, anonVma);
  return page;
}

/** Mappings, references and pins before the call, and what the address space says. */
function setCounts({ model, mm }: World, page: number, inputs: Inputs): void {
  const { state } = model;
  const folio = folioOf(model, page);
  const own = inputs.number('mapcount');
  state.set(Frame.mapcount, page, own);
  if (isLarge(model, folio)) {
    const others = inputs.number('other_pages_mapcount');
    const pages = folioPages(model, folio);
    for (let i = folio; i < folio + pages; i++) {
      if (i !== page) state.set(Frame.mapcount, i, others);
    }
    state.set(Frame.largeMapcount, folio, own + others * (pages - 1));
    state.set(Frame.pagesMapped, folio, (own > 0 ? 1 : 0) + (others > 0 ? pages - 1 : 0));
  }
  setFlag(model, page, PAGE_FLAG.anonExclusive, inputs.is('exclusive'));
  if (inputs.has('refcount')) state.set(Frame.refcount, folio, inputs.number('refcount'));
  if (inputs.has('pincount')) state.set(Frame.pincount, folio, inputs.number('pincount'));
  if (inputs.is('mm_has_pinned')) state.set(Mm.flags, mm, MM_FLAG.hasPinned);
  if (inputs.is('seq_odd')) state.set(Mm.writeProtectSeq, mm, 1);
}

/** Functions without a value are recorded as `ok`. */
const ok = (): string => 'ok';

/** Group `rmap`: what becomes of the mapcount of one page mapped by PTEs. */
export const rmapComparer: DecisionComparer = {
  group: 'rmap',
  compare: comparing({
    try_dup_anon_rmap_pte: onePage(
      ({ model, vma }, page) => tryDupAnonRmap(model, page, 1, vma, vma),
      errnoWord,
    ),
    try_share_anon_rmap_pte: onePage(({ model }, page) => tryShareAnonRmap(model, page), errnoWord),
    dup_file_rmap_pte: onePage(({ model, vma }, page) => {
      dupFileRmap(model, page, 1, vma);
      return 0;
    }, ok),
    add_file_rmap_pte: onePage(({ model, vma }, page) => {
      addFileRmap(model, page, 1, vma);
      return 0;
    }, ok),
    remove_rmap_pte: onePage(({ model, vma }, page) => {
      removeRmap(model, page, 1, vma);
      return 0;
    }, ok),
  }),
};
