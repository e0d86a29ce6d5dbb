import {
  folioOf,
  hasFlag,
  isAnon,
  isHugeZeroFolio,
  isLarge,
  isZeroFrame,
  isZoneDevice,
  pgmapType,
} from '../frames/folio.js';
import { OWNER, PAGE_FLAG, PAGE_TYPE, PGMAP_TYPE } from '../frames/page-flags.js';
import { countsPages } from '../rmap/mapcount.js';
import { hasPincount } from '../rmap/pins.js';
import { Frame, Global } from '../state/columns.js';
import { pagesOfLevel } from '../tables/tables.js';
import type { Census } from './census.js';

/** Asks what must hold of every page and folio, given what entries and holders add up to. */
export function checkFolios(census: Census): void {
  const { state } = census.model;
  const frames = state.layout.capacities.frame;
  for (let at = state.next(Frame.refcount, 0, frames); at >= 0; ) {
    checkFolio(census, at);
    at = state.next(Frame.refcount, at + 1, frames);
  }
  for (let i = 0; i < census.touchedCount; i++) checkPage(census, census.touched[i] as number);
  for (let at = state.next(Frame.mapcount, 0, frames); at >= 0; ) {
    if (census.pteMaps[at] === 0) checkPage(census, at);
    at = state.next(Frame.mapcount, at + 1, frames);
  }
  for (let at = state.next(Frame.flags, 0, frames); at >= 0; ) {
    if (hasFlag(census.model, at, PAGE_FLAG.anonExclusive)) checkExclusive(census, at);
    at = state.next(Frame.flags, at + 1, frames);
  }
}

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
    census.pteMaps[frame] as number,
  );
}

const isZero = ({ model }: Census, frame: number): boolean =>
  isZeroFrame(model, frame) || isHugeZeroFolio(model, folioOf(model, frame));

function checkFolio(census: Census, folio: number): void {
  const { model } = census;
  if (model.state.get(Frame.type, folio) === PAGE_TYPE.table) return;
  if (isZero(census, folio)) {
    checkZeroFolio(census, folio);
    return;
  }
  if (isLarge(model, folio)) checkLargeMapcounts(census, folio);
  checkReferences(census, folio);
}

/** I3, I4: what maps zeropages leaves their counts alone. */
function checkZeroFolio(census: Census, folio: number): void {
  const { model } = census;
  const huge = isHugeZeroFolio(model, folio);
  const id = huge ? 'I4' : 'I3';
  const base = huge && model.state.ref(Global.hugeZero, 0) < 0 ? 0 : 1;
  const references = base + (census.otherRefs[folio] as number);
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
  const whole = census.wholeMaps[folio] as number;
  const found = state.get(Frame.entireMapcount, folio);
  if (found !== whole) {
    const raw = census.rawLeaves[folio] as number;
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
    census.folioMaps[folio] as number,
  );
}

/** I2: references, as far as everybody who has one is known; and the pins among them. */
function checkReferences(census: Census, folio: number): void {
  const { model } = census;
  const { state } = model;
  const found = state.get(Frame.refcount, folio);
  const expected = expectedReferences(census, folio);
  const owner = state.get(Frame.owner, folio);
  const allKnown = isAnon(model, folio) || (owner === OWNER.file && census.cached[folio] !== 0);
  if (allKnown ? found !== expected : found < expected) {
    census.wrong('I2', 'a folio has other references than those known', { folio, found, expected });
  }
  if (hasPincount(model, folio)) {
    census.expect(
      'I2',
      "a folio's pins are not those of GUP",
      Frame.pincount,
      folio,
      census.pins[folio] as number,
    );
  }
  if (isZoneDevice(model, folio)) checkDevice(census, folio, found);
}

function expectedReferences(census: Census, folio: number): number {
  const { model } = census;
  const own = (census.entryRefs[folio] as number) + (census.otherRefs[folio] as number);
  const buffers = hasFlag(model, folio, PAGE_FLAG.private) ? 1 : 0;
  return own + buffers + model.state.get(Frame.heldRefs, folio) + baseOf(census, folio);
}

/** The reference that device memory has while nobody uses it (SPEC 11.2). */
function baseOf({ model }: Census, folio: number): number {
  const type = pgmapType(model, folio);
  if (type === PGMAP_TYPE.generic) return 1;
  const fromOne = type === PGMAP_TYPE.fsdax || type === PGMAP_TYPE.p2pdma;
  return fromOne && !model.has('dax-refcounted') ? 1 : 0;
}

/** I23: pages of a DAX file system, idle at one reference once and at none now. */
function checkDevice(census: Census, folio: number, references: number): void {
  const { model } = census;
  if (pgmapType(model, folio) !== PGMAP_TYPE.fsdax) return;
  const maps = census.folioMaps[folio] as number;
  if (!model.has('dax-refcounted')) {
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
  const folio = folioOf(model, frame);
  const byPtes = census.pteMaps[frame] as number;
  // While a PMD maps the folio, the bit of its first page alone means something.
  const whole = frame === folio ? (census.wholeMaps[folio] as number) : 0;
  if (byPtes + whole > 1) {
    census.wrong('I11', 'an exclusive page is mapped more than once', {
      frame,
      mappings: byPtes + whole,
    });
  }
  if (byPtes + whole > 0) return;
  const moving = census.moving[frame] as number;
  const swapped = model.state.ref(Frame.swapSlot, folio) >= 0 && census.folioMaps[folio] === 0;
  if (moving > 0 || swapped) {
    census.wrong('I12', 'a page that is on its way is still marked exclusive', { frame, moving });
  }
}
