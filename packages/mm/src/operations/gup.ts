import { folioOf } from '../frames/folio.js';
import { dropHeldRefs, holdRefs } from '../frames/held-refs.js';
import { FOLL } from '../gup/flags.js';
import { FW, folioWalkStart, newFolioWalk } from '../gup/folio-walk.js';
import { getUserPages } from '../gup/get-user-pages.js';
import { getUserPagesFast } from '../gup/gup-fast.js';
import { putReference } from '../gup/reference.js';
import { folioMaybeDmaPinned } from '../rmap/pins.js';
import { Frame, Reference } from '../state/columns.js';
import { AT, NEVER_WAITS, operation, PAGE, SWITCH } from './operation.js';

const ONE_PAGE = { kind: 'count', default: 1 } as const;
const FLAGS = { kind: 'foll', default: 0 } as const;
const REFERENCE = { kind: 'reference' } as const;

/** References and pins (SPEC 5). */
export const gupOperations = [
  operation(
    'get_user_pages',
    'references on what a range maps (FOLL_GET), faulted in as needed',
    'count',
    { at: AT, pages: ONE_PAGE, flags: FLAGS },
    (model, { at, pages, flags }) => getUserPages(model, at.mm, at.vpn, pages, flags | FOLL.GET),
  ),
  operation(
    'pin_user_pages',
    'pins on what a range maps (FOLL_PIN), faulted in as needed',
    'count',
    { at: AT, pages: ONE_PAGE, flags: FLAGS },
    (model, { at, pages, flags }) => getUserPages(model, at.mm, at.vpn, pages, flags | FOLL.PIN),
  ),
  operation(
    'get_user_pages_fast',
    'the same without locks as far as that goes',
    'count',
    { at: AT, pages: ONE_PAGE, flags: FLAGS },
    (model, { at, pages, flags }) =>
      getUserPagesFast(model, at.mm, at.vpn, pages, flags | FOLL.GET),
  ),
  operation(
    'pin_user_pages_fast',
    'pins without locks as far as that goes',
    'count',
    { at: AT, pages: ONE_PAGE, flags: FLAGS },
    (model, { at, pages, flags }) =>
      getUserPagesFast(model, at.mm, at.vpn, pages, flags | FOLL.PIN),
  ),
  operation(
    'folio_walk_start',
    'the page that a walker is shown; zeropages and migrating ones when asked for',
    'page',
    { at: AT, zeropage: SWITCH, migration: SWITCH },
    (model, { at, zeropage, migration }) => {
      const flags = (zeropage ? FW.ZEROPAGE : 0) | (migration ? FW.MIGRATION : 0);
      return folioWalkStart(model, newFolioWalk(), at.vma, at.vpn, flags);
    },
  ),
  operation(
    'unpin',
    'gives a reference or a pin of GUP back',
    'done',
    { reference: REFERENCE },
    (model, { reference }) => {
      putReference(model, reference);
      return 0;
    },
    NEVER_WAITS,
  ),
  operation(
    'dma_write',
    'a device writes to a page that it has a reference to, whatever the page is by now',
    'done',
    { reference: REFERENCE, content: { kind: 'count', default: 1 } },
    (model, { reference, content }) => {
      model.state.set(Frame.content, model.state.ref(Reference.frame, reference), content);
      return 0;
    },
  ),
  operation(
    'get_page',
    'somebody takes references that are no pins',
    'done',
    { page: PAGE, references: ONE_PAGE },
    (model, { page, references }) => {
      holdRefs(model, folioOf(model, page), references);
      return 0;
    },
    NEVER_WAITS,
  ),
  operation(
    'put_page',
    'references are dropped; the last one frees the page',
    'done',
    { page: PAGE, references: ONE_PAGE },
    (model, { page, references }) => {
      dropHeldRefs(model, folioOf(model, page), references);
      return 0;
    },
    NEVER_WAITS,
  ),
  operation(
    'folio_maybe_dma_pinned',
    'whether the page looks pinned',
    'truth',
    { page: PAGE },
    (model, { page }) => (folioMaybeDmaPinned(model, folioOf(model, page)) ? 1 : 0),
    NEVER_WAITS,
  ),
];
