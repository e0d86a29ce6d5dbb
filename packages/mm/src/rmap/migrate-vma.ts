import { folioOf, isLarge, isZeroFrame, pgmapType } from '../frames/folio.js';
import { OWNER, PGMAP_TYPE } from '../frames/page-flags.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmNormalPage } from '../normal-page.js';
import { Frame, Pgmap } from '../state/columns.js';
import { vmaIsAnonymous } from '../vma/vma.js';
import { absentPage } from '../walk/absent-page.js';
import { entriesOf } from '../walk/walk-entries.js';

/** What a driver wants to move: MIGRATE_VMA_SELECT_* (include/linux/migrate.h), and its own memory's owner. */
export interface MigrateSelect {
  readonly system: boolean;
  readonly devicePrivate: boolean;
  readonly deviceCoherent: boolean;
  readonly owner: number;
}

/**
 * migrate_vma_collect(): how many pages of a range may move to a device, or back. What a PMD maps,
 * which the kernel splits first, is left out here, and nothing is unmapped yet (mm/migrate_device.c;
 * SPEC 23.3 item 11).
 */
export function migrateVmaCollect(
  model: Model,
  vma: number,
  start: number,
  end: number,
  select: MigrateSelect,
): number {
  let collected = 0;
  for (const { level, vpn, pages, entry } of entriesOf(model, vma, start, end)) {
    if (entry === NONE) collected += vmaIsAnonymous(model, vma) ? pages : 0;
    else if (level === 'pte' && mayGo(model, vma, vpn, entry, select)) collected++;
  }
  return collected;
}

function mayGo(
  model: Model,
  vma: number,
  vpn: number,
  entry: Entry,
  select: MigrateSelect,
): boolean {
  const { pte, machine } = model;
  if (!pte.is.present(entry)) {
    const { what, frame } = absentPage(model, pte, entry);
    return (
      what.startsWith('device-private') &&
      select.devicePrivate &&
      ownerOf(model, frame) === select.owner
    );
  }
  const mapped = machine.memory.frame(pte.pfn(entry));
  if (select.system && mapped >= 0 && isZeroFrame(model, mapped)) return true;
  const page = vmNormalPage(model, 'pte', vma, vpn, entry);
  askPageMap(model, page);
  if (page < 0) return false;
  const folio = folioOf(model, page);
  const type = pgmapType(model, folio);
  if (type === 0 && !select.system) return false;
  if (type === PGMAP_TYPE.coherent) {
    if (!select.deviceCoherent || ownerOf(model, folio) !== select.owner) return false;
  }
  return model.state.get(Frame.owner, folio) !== OWNER.none && !isLarge(model, folio);
}

/** page_pgmap() asks what only device memory has, and v6 of the series asked before it knew of a page. */
function askPageMap(model: Model, page: number): void {
  if (!model.has('pgmap-per-folio') || model.has('migrate-vma-tests-page')) return;
  if (page < 0) model.bug('null-page');
  if (pgmapType(model, folioOf(model, page)) === 0) model.vmWarn('pgmap-of-ordinary-page');
}

const ownerOf = ({ state }: Model, frame: number): number =>
  state.get(Pgmap.owner, state.ref(Frame.pgmap, frame));
