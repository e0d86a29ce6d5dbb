import { wpCanReuseAnonFolio } from '../fault/wp-reuse.js';
import { prepareFolio } from '../frames/allocate.js';
import { setFlag } from '../frames/folio.js';
import { lruAdd } from '../frames/lru.js';
import { LRU, OWNER, PAGE_FLAG } from '../frames/page-flags.js';
import { AnonVma, Frame, Global, SwapSlot, Vma } from '../state/columns.js';
import { answered } from './render.js';
import type { Inputs, RowAnswer } from './row.js';
import { type World, worldOf } from './world.js';

/** What freeing the swap cache comes to. */
const SWAPCACHE = { no: 'no', yes_free_ok: 'freed', yes_free_fails: 'kept' } as const;
const LRU_STATES = {
  on_lru: 'listed',
  off_lru_drain_drops_ref: 'batched',
  off_lru_drain_no_effect: 'elsewhere',
} as const;
/** mm ids of the folio: perhaps of several address spaces, or of one. */
const SHARED = { set: 1, clear: 0 } as const;

/** Gives the folio its anon_vma, and the VMA another one, so that a move is seen. */
function setAnonVmas({ model, vma, subject }: World): void {
  const { state } = model;
  const root = state.take('anonVma', AnonVma.used);
  const own = state.take('anonVma', AnonVma.used);
  for (const each of [root, own]) {
    state.set(AnonVma.refcount, each, 1);
    state.setRef(AnonVma.root, each, root);
  }
  state.setRef(Vma.anonVma, vma, own);
  state.setRef(Frame.ownerId, subject, root);
}

function setSwapCache({ model, subject }: World, inputs: Inputs): void {
  const { state } = model;
  const cache = inputs.of('swapcache', SWAPCACHE);
  if (cache === 'no') return;
  setFlag(model, subject, PAGE_FLAG.swapcache, true);
  state.setRef(Frame.swapSlot, subject, 0);
  state.setRef(SwapSlot.frame, 0, subject);
  state.set(SwapSlot.count, 0, cache === 'kept' ? 1 : 0);
}

/** The folio waits in a batch, whose reference is among those that the row counts. */
function setLru({ model, subject }: World, inputs: Inputs): void {
  const { state } = model;
  const lru = inputs.of('lru', LRU_STATES);
  if (lru === 'listed') lruAdd(model, subject, 'active');
  if (lru !== 'batched') return;
  state.set(Frame.lruBatch, subject, LRU.active);
  state.set(Global.lruBatched, 0, 1);
}

function setFolio(world: World, inputs: Inputs): void {
  const { model, subject } = world;
  const isKsm = inputs.is('ksm');
  model.state.set(Frame.owner, subject, isKsm ? OWNER.ksm : OWNER.anon);
  model.state.set(Frame.refcount, subject, inputs.number('refcount'));
  setFlag(model, subject, PAGE_FLAG.swapbacked, true);
  setFlag(model, subject, PAGE_FLAG.locked, !inputs.flag('trylock_ok'));
  setSwapCache(world, inputs);
}

/** `1 moved`, when the folio belongs to the VMA's own anon_vma now; `1`; `0`. */
function ask(world: World): string {
  const { model, subject, vma } = world;
  const describe = (value: number): string => {
    const { state } = model;
    const moved = state.ref(Frame.ownerId, subject) === state.ref(Vma.anonVma, vma);
    return `${value}${moved ? ' moved' : ''}`;
  };
  return answered(world, () => Number(wpCanReuseAnonFolio(model, subject, vma)), describe);
}

/** Rows about a folio that each combination makes anew. */
const reusing =
  (
    options: (row: Inputs) => Parameters<typeof worldOf>[3],
    situation: (world: World, inputs: Inputs) => void,
  ): RowAnswer =>
  (row, revision) => {
    const world = worldOf(revision, row, 'pte', options(row));
    const { model } = world;
    setAnonVmas(world);
    const plain = model.state;
    return (inputs) => {
      model.state = plain.copy();
      setFolio(world, inputs);
      situation(world, inputs);
      world.keep();
      return ask(world);
    };
  };

function setLargeFolio({ model, mm, subject }: World, inputs: Inputs): void {
  const { state } = model;
  prepareFolio(model, subject, inputs.number('order'));
  state.set(Frame.largeMapcount, subject, inputs.number('large_mapcount'));
  state.set(Frame.entireMapcount, subject, inputs.number('entire_mapcount'));
  state.set(Frame.mmShared, subject, inputs.of('mm_ids_shared', SHARED));
  if (inputs.flag('mm_id_known')) state.setRef(Frame.mmId0, subject, mm);
}

/** Functions of group `small` that decide whether a written page is copied. */
export const smallReuseRows: Readonly<Record<string, RowAnswer>> = {
  'wp_can_reuse_anon_folio.small': reusing(() => ({}), setLru),
  'wp_can_reuse_anon_folio.large': reusing(
    (row) => ({
      config: { TRANSPARENT_HUGEPAGE: row.is('cfg.thp'), MM_ID: row.is('cfg.mm_id') },
    }),
    setLargeFolio,
  ),
};
