import { folioOf } from '../frames/folio.js';
import { FOLL } from '../gup/flags.js';
import type { Model } from '../model.js';
import { advance, mustWait, seeStore, seesStoreNext } from '../race/advance.js';
import { beginKsmProtect, beginMigrate, beginSwapOut } from '../race/begin-unmap.js';
import { beginFork, childVma } from '../race/fork.js';
import { beginGupFast } from '../race/gup-fast.js';
import { beginHugeFault } from '../race/huge-fault.js';
import { BATCH_FLUSH, DEPARTURE, SEQUENCE } from '../race/kinds.js';
import { isLockedForFaults } from '../race/locks.js';
import { progressNumber } from '../race/progress.js';
import { beginSplitFolio } from '../race/split.js';
import { Vma } from '../state/columns.js';
import { AT, NEVER_WAITS, operation, PAGE, SWITCH } from './operation.js';

const IN_FLIGHT = { kind: 'inFlight' } as const;
const DEPARTS = { kind: 'departure', default: 'none' } as const;

/** Operations that begin now and go on in steps, between which others run (DESIGN 3, SPEC 15.59). */
export const raceOperations = [
  operation(
    'begin_gup_fast',
    'GUP-fast of one page begins: look at the entry, take the reference, look again',
    'inFlight',
    {
      at: AT,
      flags: { kind: 'foll', default: FOLL.PIN },
      sequence: { kind: 'sequence', default: 'together' },
    },
    (model, { at, flags, sequence }) =>
      beginGupFast(model, at.mm, at.vma, at.vpn, flags, SEQUENCE[sequence]),
    NEVER_WAITS,
  ),
  operation(
    'begin_try_to_unmap',
    'swap-out of a page begins: clear, flush, test for pins, end exclusivity, write the entry',
    'inFlight',
    { at: AT, 'batch flush': SWITCH, departure: DEPARTS },
    (model, { at, 'batch flush': batch, departure }) =>
      beginSwapOut(model, {
        ...at,
        flags: batch ? BATCH_FLUSH : 0,
        departure: DEPARTURE[departure],
      }),
  ),
  operation(
    'begin_try_to_migrate',
    'the page is isolated (a reference) and becomes a migration entry in the same steps',
    'inFlight',
    { at: AT, 'batch flush': SWITCH, departure: DEPARTS },
    (model, { at, 'batch flush': batch, departure }) =>
      beginMigrate(model, {
        ...at,
        flags: batch ? BATCH_FLUSH : 0,
        departure: DEPARTURE[departure],
      }),
  ),
  operation(
    'begin_write_protect_page',
    'KSM begins to write-protect a page, in the same steps',
    'inFlight',
    { at: AT, departure: DEPARTS },
    (model, { at, departure }) =>
      beginKsmProtect(model, { ...at, flags: 0, departure: DEPARTURE[departure] }),
  ),
  operation(
    'begin_fork',
    'fork begins: sequence odd, share the page at an address, write both entries, sequence even',
    'inFlight',
    { at: AT },
    (model, { at }) => beginFork(model, at.vma, at.vpn),
  ),
  operation(
    'child_of',
    'the child of a fork that has begun',
    'process',
    { operation: IN_FLIGHT },
    (model, { operation: fork }) => model.state.ref(Vma.mm, childVma(model, fork)),
    NEVER_WAITS,
  ),
  operation(
    'begin_split_huge_page',
    'the split of a folio begins: test for references, unmap, freeze',
    'inFlight',
    { page: PAGE },
    (model, { page }) => beginSplitFolio(model, folioOf(model, page)),
  ),
  operation(
    'begin_huge_fault',
    'a fault begins where the driver maps by PMDs: look at the PMD, map one, or else a page',
    'inFlight',
    { at: AT, write: SWITCH },
    (model, { at, write }) => beginHugeFault(model, at.vma, at.vpn, write),
    isLockedForFaults,
  ),
  operation(
    'advance',
    'one step of an operation in progress; of one that is over, nothing',
    'progress',
    { operation: IN_FLIGHT },
    (model, { operation: each }) => progressNumber(advance(model, each)),
    (model: Model, { operation: each }) => mustWait(model, each),
  ),
  operation(
    'store_seen',
    'the clearing of an entry that others did not see yet leaves the store buffer',
    'progress',
    { operation: IN_FLIGHT },
    (model, { operation: each }) => progressNumber(seeStore(model, each)),
    (model: Model, { operation: each }) => !seesStoreNext(model, each),
  ),
];
