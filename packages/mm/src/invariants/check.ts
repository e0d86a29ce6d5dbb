import type { Machine } from '../machine/machine.js';
import type { Model } from '../model.js';
import { checkAnonVmas } from './anon-vmas.js';
import { Census } from './census.js';
import { checkDaxPages, checkWaiters } from './dax.js';
import { checkFolios } from './folios.js';
import { countCaches, countReferences } from './holders.js';
import { countInFlight } from './in-flight.js';
import { checkReports, checkSpaces, checkVmas } from './spaces.js';
import type { Violation } from './violation.js';
import { walkTables } from './walk-tables.js';

const censuses = new WeakMap<Machine, Census>();

/**
 * Asks a state all invariants that are asked of states. Answers what is wrong, with evidence: an
 * empty list, always the same one, when nothing is. The model does not change.
 */
export function checkInvariants(model: Model): readonly Violation[] {
  let census = censuses.get(model.machine);
  if (census === undefined) {
    census = new Census(model.machine);
    censuses.set(model.machine, census);
  }
  census.start(model);
  walkTables(census);
  countCaches(census);
  countReferences(census);
  countInFlight(census);
  checkFolios(census);
  checkDaxPages(census);
  checkWaiters(census);
  checkSpaces(census);
  checkVmas(census);
  checkAnonVmas(census);
  checkReports(census);
  return census.result();
}
