import type { Model } from '../model.js';
import type { Column } from '../state/columns.js';
import { Frame, Pgmap } from '../state/columns.js';
import { OWNER, PAGE_FLAG, PAGE_TYPE, PGMAP_TYPE } from './page-flags.js';

/** page_folio(): the first frame of the folio that a frame belongs to. */
export function folioOf({ state }: Model, frame: number): number {
  const head = state.ref(Frame.head, frame);
  return head < 0 ? frame : head;
}

/** folio_nr_pages(). */
export const folioPages = ({ state }: Model, folio: number): number =>
  2 ** state.get(Frame.order, folio);

/** folio_test_large(). */
export const isLarge = ({ state }: Model, folio: number): boolean =>
  state.get(Frame.order, folio) > 0;

/** folio_test_anon(); KSM pages are anonymous too, and so look DAX pages of several files. */
export function isAnon({ state }: Model, folio: number): boolean {
  const owner = state.get(Frame.owner, folio);
  return owner === OWNER.anon || owner === OWNER.ksm || owner === OWNER.daxShared;
}

/** folio_test_hugetlb(): a huge page of a pool, which has rmap functions and a zap of its own. */
export const isHugetlb = (model: Model, folio: number): boolean =>
  pageType(model, folio) === PAGE_TYPE.hugetlb;

/** folio_test_ksm(). */
export const isKsm = ({ state }: Model, folio: number): boolean =>
  state.get(Frame.owner, folio) === OWNER.ksm;

/** A PG_* bit of a page. */
export const hasFlag = ({ state }: Model, frame: number, flag: number): boolean =>
  (state.get(Frame.flags, frame) & flag) !== 0;

/** Sets or clears PG_* bits of a page. */
export function setFlag({ state }: Model, frame: number, flag: number, on: boolean): void {
  const flags = state.get(Frame.flags, frame);
  const next = on ? flags | flag : flags & ~flag;
  if (next !== flags) state.set(Frame.flags, frame, next);
}

/**
 * PageAnonExclusive(): of each page, or of the first one of a folio that a PMD maps, or of hugetlb
 * (SPEC 1.4).
 */
export function isAnonExclusive(model: Model, frame: number): boolean {
  const head = model.state.ref(Frame.head, frame);
  const hugetlb = head >= 0 && pageType(model, head) === PAGE_TYPE.hugetlb;
  return hasFlag(model, hugetlb ? head : frame, PAGE_FLAG.anonExclusive);
}

/** SetPageAnonExclusive(); nothing in kernels that have no such bit yet (SPEC 24.1). */
export function setAnonExclusive(model: Model, frame: number): void {
  if (model.has('anon-exclusive')) setFlag(model, frame, PAGE_FLAG.anonExclusive, true);
}

/** is_zero_pfn(), is_zero_folio(): one of the shared zeropages. */
export const isZeroFrame = ({ machine }: Model, frame: number): boolean =>
  machine.zeroFrames.includes(frame);

/** is_huge_zero_folio(). */
export const isHugeZeroFolio = ({ machine }: Model, folio: number): boolean =>
  folio === machine.hugeZeroFrame;

/** folio_is_zone_device(). */
export const isZoneDevice = ({ state }: Model, folio: number): boolean =>
  state.ref(Frame.pgmap, folio) >= 0;

/** Type of the folio's dev_pagemap, `PGMAP_TYPE`; 0 for ordinary memory. */
export function pgmapType({ state }: Model, folio: number): number {
  const pgmap = state.ref(Frame.pgmap, folio);
  return pgmap < 0 ? 0 : state.get(Pgmap.type, pgmap);
}

/** folio_is_fsdax(). */
export const isFsdax = (model: Model, folio: number): boolean =>
  pgmapType(model, folio) === PGMAP_TYPE.fsdax;

/** page_has_type() without slab. */
export const pageType = ({ state }: Model, frame: number): number => state.get(Frame.type, frame);
/** folio_test_slab(). */
export const isSlab = (model: Model, folio: number): boolean =>
  pageType(model, folio) === PAGE_TYPE.slab;

/** folio_mapcount(): mappings of any of its pages, a whole mapping counting once (SPEC 1.2). */
export function folioMapcount(model: Model, folio: number): number {
  const { state } = model;
  return state.get(isLarge(model, folio) ? Frame.largeMapcount : Frame.mapcount, folio);
}

/** Mappings of one page, those of its whole folio included (precise page mapcount, SPEC 1.2). */
export function pageMapcount(model: Model, frame: number): number {
  const { state } = model;
  const folio = folioOf(model, frame);
  const own = state.get(Frame.mapcount, frame);
  return isLarge(model, folio) ? own + state.get(Frame.entireMapcount, folio) : own;
}

/**
 * folio_average_page_mapcount(): what stands for the mapcount of each page where pages are not counted,
 * rounded to the nearest number, and 1 at least for a folio that is mapped (SPEC 1.2).
 */
export function averagePageMapcount(model: Model, folio: number): number {
  const { state } = model;
  const mapcount = folioMapcount(model, folio);
  if (!isLarge(model, folio)) return mapcount;
  if (mapcount <= 0) return 0;
  const entire = state.get(Frame.entireMapcount, folio);
  if (mapcount <= entire) return entire;
  const pages = folioPages(model, folio);
  return Math.max(1, entire + Math.floor((mapcount - entire + pages / 2) / pages));
}

/** folio_ref_count(). */
export const refcount = ({ state }: Model, folio: number): number =>
  state.get(Frame.refcount, folio);

/** folio_ref_add(). */
export const getRefs = ({ state }: Model, folio: number, count = 1): number =>
  state.add(Frame.refcount, folio, count);

/** mm_counter(): the counter of an address space that a folio's mappings move. */
export function counterOf(model: Model, folio: number, counters: MmCounters): Column {
  return isAnon(model, folio) ? counters.anonPages : fileCounterOf(model, folio, counters);
}

/** mm_counter_file(). */
export const fileCounterOf = (model: Model, folio: number, counters: MmCounters): Column =>
  hasFlag(model, folio, PAGE_FLAG.swapbacked) ? counters.shmemPages : counters.filePages;

/** The counters among which both choose: `Mm`. */
export interface MmCounters {
  readonly anonPages: Column;
  readonly filePages: Column;
  readonly shmemPages: Column;
}
