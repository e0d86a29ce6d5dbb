import { folioOf, hasFlag, isAnon, isLarge, isZoneDevice, pgmapType } from '../frames/folio.js';
import { LRU, OWNER, PAGE_FLAG, PGMAP_TYPE } from '../frames/page-flags.js';
import { countsPages } from '../rmap/mapcount.js';
import { hasPincount } from '../rmap/pins.js';
import { Frame, Global, SwapSlot } from '../state/columns.js';
import { pagesOfLevel } from '../tables/tables.js';
import { type Census, FRAME_COUNT, OF_KERNEL } from './census.js';

/** Asks what must hold of every page and folio, given what entries and holders add up to. */
export function checkFolios(census: Census): void {
  const { segments } = census;
  for (let i = 0; i < segments.length; i += 2) {
    checkFrames(census, segments[i] as number, segments[i + 1] as number);
  }
}

function checkFrames(census: Census, start: number, end: number): void {
  const { refcount, mapcount, flags } = census.frames;
  for (let frame = start; frame < end; frame++) {
    if (refcount[frame] !== 0 || hasHolder(census, frame)) checkFolio(census, frame);
    if (mapcount[frame] !== census.countedFrame(frame, FRAME_COUNT.pteMaps))
      checkPage(census, frame);
    if (((flags[frame] as number) & PAGE_FLAG.anonExclusive) !== 0) checkExclusive(census, frame);
  }
}

/** A folio without references that somebody has, or that must never be without. */
const hasHolder = (census: Census, frame: number): boolean =>
  census.countedFrame(frame, FRAME_COUNT.otherRefs) !== 0 ||
  census.ofKernel[frame] !== 0 ||
  (census.anyDevice && (census.frames.head[frame] as number) === 0);

/** I1 of single pages: precise mapcounts, where the kernel has them. */
function checkPage(census: Census, frame: number): void {
  const { model } = census;
  if (isLarge(model, folioOf(model, frame)) && !countsPages(model)) return;
  if (isZero(census, frame)) return;
  census.expect(
    'I1',
    "a page's mapcount is not that of its entries",
    Frame.mapcount,
    frame,
    census.countedFrame(frame, FRAME_COUNT.pteMaps),
  );
}

const isZero = (census: Census, frame: number): boolean =>
  census.ofKernel[frame] === OF_KERNEL.zeropage || census.ofKernel[frame] === OF_KERNEL.hugeZero;

function checkFolio(census: Census, folio: number): void {
  const kernels = census.ofKernel[folio];
  if (kernels === 0) {
    const large = (census.frames.order[folio] as number) !== 0;
    if (large) checkLargeMapcounts(census, folio);
    checkReferences(census, folio, large);
  } else if (kernels !== OF_KERNEL.table) checkZeroFolio(census, folio);
}

/** I3, I4: what maps zeropages leaves their counts alone. */
function checkZeroFolio(census: Census, folio: number): void {
  const { model } = census;
  const huge = census.ofKernel[folio] === OF_KERNEL.hugeZero;
  const id = huge ? 'I4' : 'I3';
  const base = huge && model.state.ref(Global.hugeZero, 0) < 0 ? 0 : 1;
  const references = base + census.countedFrame(folio, FRAME_COUNT.otherRefs);
  census.expect(
    id,
    'a zeropage has other references than those of GUP',
    Frame.refcount,
    folio,
    references,
  );
  const mapcount = huge ? Frame.entireMapcount : Frame.mapcount;
  census.expect(id, 'a zeropage has a mapcount', mapcount, folio, 0);
  if (!huge || base === 0) return;
  const order = Math.log2(pagesOfLevel(model, 'pmd'));
  census.expect('I41', 'the huge zero folio has lost its order', Frame.order, folio, order);
}

/** I1 of large folios, and I42: special leaves must not be among what was counted. */
function checkLargeMapcounts(census: Census, folio: number): void {
  const { model } = census;
  const { state } = model;
  const whole = census.countedFrame(folio, FRAME_COUNT.wholeMaps);
  const found = state.get(Frame.entireMapcount, folio);
  if (found !== whole) {
    const raw = census.countedFrame(folio, FRAME_COUNT.rawLeaves);
    const id = raw > 0 && found > whole ? 'I42' : 'I1';
    census.wrong(id, 'a folio is not mapped whole as often as it counts', {
      folio,
      found,
      expected: whole,
      raw,
    });
  }
  if (!model.has('large-mapcount')) return;
  census.expect(
    'I1',
    "a folio's mapcount is not that of its entries",
    Frame.largeMapcount,
    folio,
    census.countedFrame(folio, FRAME_COUNT.folioMaps),
  );
}

/** I2: references, as far as everybody who has one is known; and the pins among them. */
function checkReferences(census: Census, folio: number, large: boolean): void {
  const { model } = census;
  const device = census.anyDevice && isZoneDevice(model, folio);
  let expected =
    census.countedFrame(folio, FRAME_COUNT.entryRefs) +
    census.countedFrame(folio, FRAME_COUNT.otherRefs);
  if (((census.frames.flags[folio] as number) & PAGE_FLAG.private) !== 0) expected++;
  if (census.anyHeld) expected += model.state.get(Frame.heldRefs, folio);
  if (device) expected += baseOf(census, folio);
  const found = census.frames.refcount[folio] as number;
  if (found !== expected && (found < expected || areKnown(census, folio))) {
    census.wrong('I2', 'a folio has other references than those known', { folio, found, expected });
  }
  if (large && hasPincount(model, folio)) {
    const what = "a folio's pins are not those of GUP";
    census.expect('I2', what, Frame.pincount, folio, census.countedFrame(folio, FRAME_COUNT.pins));
  }
  if (device) checkDevice(census, folio, found);
}

/**
 * Nobody can have a reference to the folio whom the model does not know of. Pages of drivers are on
 * no LRU list; a page that is on one while no file has it left the cache, and who still has it is
 * known. Nobody has what lies in a pool.
 */
function areKnown(census: Census, folio: number): boolean {
  const { model } = census;
  if (hasFlag(model, folio, PAGE_FLAG.pooled)) return true;
  if (isAnon(model, folio) || model.state.get(Frame.lru, folio) !== LRU.none) return true;
  return (
    model.state.get(Frame.owner, folio) === OWNER.file &&
    census.countedFrame(folio, FRAME_COUNT.cached) !== 0
  );
}

/** The reference that device memory has while nobody uses it (SPEC 11.2). */
function baseOf({ model }: Census, folio: number): number {
  const type = pgmapType(model, folio);
  if (type === PGMAP_TYPE.generic) return 1;
  if (type === PGMAP_TYPE.fsdax) return model.has('fsdax-refcounted') ? 0 : 1;
  const pooled = type === PGMAP_TYPE.p2pdma && hasFlag(model, folio, PAGE_FLAG.pooled);
  return pooled && !model.has('p2pdma-starts-at-zero') ? 1 : 0;
}

/** I23: pages of a DAX file system, idle at one reference once and at none now. */
function checkDevice(census: Census, folio: number, references: number): void {
  const { model } = census;
  if (pgmapType(model, folio) !== PGMAP_TYPE.fsdax) return;
  const maps = census.countedFrame(folio, FRAME_COUNT.folioMaps);
  if (!model.has('fsdax-refcounted')) {
    if (maps > 0 || references < 1) {
      census.wrong('I23', 'a DAX page is mapped or idle as none was then', {
        folio,
        maps,
        references,
      });
    }
    return;
  }
  if (references < maps) {
    census.wrong('I23', 'a DAX page has fewer references than mappings', {
      folio,
      maps,
      references,
    });
  }
}

/** I11, I12: an exclusive page has one mapping, and none on its way somewhere. */
function checkExclusive(census: Census, frame: number): void {
  const { model } = census;
  const folio = census.folioOf(frame);
  // While a PMD maps the folio, the bit of its first page alone means something.
  const whole = frame === folio ? census.countedFrame(folio, FRAME_COUNT.wholeMaps) : 0;
  const mappings = census.countedFrame(frame, FRAME_COUNT.pteMaps) + whole;
  if (mappings === 1) return;
  if (mappings > 1) {
    census.wrong('I11', 'an exclusive page is mapped more than once', { frame, mappings });
    return;
  }
  const moving = census.countedFrame(frame, FRAME_COUNT.moving);
  // The mark outlives the last mapping; what counts is that an entry will bring the page back.
  const slot = model.state.ref(Frame.swapSlot, folio);
  const swapped = slot >= 0 && model.state.get(SwapSlot.count, slot) > 0;
  if (moving > 0 || swapped) {
    census.wrong('I12', 'a page that is on its way is still marked exclusive', { frame, moving });
  }
}
