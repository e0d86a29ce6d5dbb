import { folioMapcount, folioOf } from '../frames/folio.js';
import { dropHeldRefs, holdRefs } from '../frames/held-refs.js';
import { addNewAnonPage } from '../rmap/add-new-anon-page.js';
import { anonVmaPrepare } from '../rmap/anon-vma.js';
import { migrateToDevice, migrateToRam } from '../rmap/device-private.js';
import { ksmMerge, ksmMergeWith, ksmUnmerge } from '../rmap/ksm.js';
import { makeDeviceExclusive } from '../rmap/make-device-exclusive.js';
import { tryToMigrate } from '../rmap/migrate.js';
import { removeMigrationPtes } from '../rmap/migrate-back.js';
import { migrateFolio } from '../rmap/migrate-folio.js';
import { folioMkclean, pfnMkcleanRange } from '../rmap/mkclean.js';
import { folioMaybeMappedShared } from '../rmap/mm-id.js';
import { Vma } from '../state/columns.js';
import { AT, COUNT, operation, PAGE, PFN, SWITCH, VMA } from './operation.js';

/** What finds pages by their reverse mappings (SPEC 9). */
export const rmapOperations = [
  operation(
    'try_to_migrate',
    'the page is isolated (a reference) and its mappings become migration entries; 1 when all did',
    'truth',
    { page: PAGE },
    (model, { page }) => {
      const folio = folioOf(model, page);
      holdRefs(model, folio, 1);
      tryToMigrate(model, folio);
      return folioMapcount(model, folio) <= 0 ? 1 : 0;
    },
  ),
  operation(
    'remove_migration_ptes',
    'migration entries map their page again, and the reference of its isolation goes',
    'done',
    { page: PAGE },
    (model, { page }) => {
      const folio = folioOf(model, page);
      removeMigrationPtes(model, folio, folio);
      dropHeldRefs(model, folio, 1);
      return 0;
    },
  ),
  operation(
    'migrate_pages',
    'the page moves to another frame, which is answered',
    'page',
    { page: PAGE },
    (model, { page }) => migrateFolio(model, folioOf(model, page)),
  ),
  operation(
    'migrate_to_device',
    'an anonymous page moves to memory that only its device can reach',
    'page',
    { page: PAGE, to: PAGE },
    (model, { page, to }) => migrateToDevice(model, folioOf(model, page), to),
  ),
  operation(
    'migrate_to_ram',
    'a page comes back from its device; the new frame is answered',
    'page',
    { page: PAGE },
    (model, { page }) => migrateToRam(model, folioOf(model, page)),
  ),
  operation(
    'make_device_exclusive',
    'a device gets an anonymous page to itself until the processor uses it again',
    'error',
    { at: AT },
    (model, { at }) => makeDeviceExclusive(model, at.vma, at.vpn),
  ),
  operation(
    'folio_mkclean',
    'shared mappings of a page of a file become clean and read-only; how many',
    'count',
    { page: PAGE },
    (model, { page }) => folioMkclean(model, folioOf(model, page)),
  ),
  operation(
    'pfn_mkclean_range',
    'mappings of frames in a shared VMA become clean and read-only; how many',
    'count',
    { vma: VMA, pfn: PFN, pages: COUNT, index: COUNT },
    (model, { vma: { vma }, pfn, pages, index }) => pfnMkcleanRange(model, pfn, pages, index, vma),
  ),
  operation(
    'page_add_new_anon_rmap',
    'counts the first mapping of a new anonymous page; `compound` when a PMD is to map it',
    'done',
    { at: AT, page: PAGE, compound: SWITCH },
    (model, { at, page, compound }) => {
      anonVmaPrepare(model, at.vma);
      addNewAnonPage(model, page, at.vma, at.vpn, compound);
      return 0;
    },
  ),
  operation(
    'folio_maybe_mapped_shared',
    'whether more than one process seems to map the page',
    'truth',
    { page: PAGE },
    (model, { page }) => (folioMaybeMappedShared(model, folioOf(model, page)) ? 1 : 0),
  ),
  operation(
    'ksm_merge',
    'KSM makes one page of two that hold the same; the first stays',
    'error',
    { at: AT, with: AT },
    (model, { at, with: other }) => ksmMerge(model, at, other),
  ),
  operation(
    'ksm_merge_zero',
    'KSM maps the zeropage for a page of zeros',
    'error',
    { at: AT },
    (model, { at }) => ksmMergeWith(model, at, model.machine.zeroFrames[0] as number),
  ),
  operation(
    'break_ksm',
    'the process gets a page of its own for one of KSM',
    'fault',
    { at: AT },
    (model, { at }) => ksmUnmerge(model, at),
  ),
  operation(
    'anon_vma',
    'the anon_vma of new pages of a VMA, and how many VMAs have it as theirs; -1 for none',
    'count',
    { vma: VMA },
    ({ state }, { vma: { vma } }) => {
      const own = state.ref(Vma.anonVma, vma);
      let users = 0;
      for (let each = 0; own >= 0 && each < state.layout.capacities.vma; each++) {
        if (state.ref(Vma.mm, each) >= 0 && state.ref(Vma.anonVma, each) === own) users++;
      }
      return { value: own, more: { users } };
    },
  ),
];
