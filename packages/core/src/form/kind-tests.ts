import { always, both, either, not, type Test } from '../expr/word.js';
import type { EntryKind } from './decoded.js';
import type { EntryForm } from './form.js';
import { isAbsentHelper } from './form.js';
import type { Level } from './level.js';

/**
 * The kind of an entry found in a table of this level, as five tests of which exactly one holds.
 * Decode, the scanner and the laws use the same five. Order: empty, leaf, pointer, swap side, rest.
 */
export function kindTests(form: EntryForm, level: Level): Readonly<Record<EntryKind, Test>> {
  const geometry = form.geometry(level);
  const deciding = geometry?.decidedBy ?? level;
  const ask = (name: string): Test => {
    const found = form.helper(deciding, name);
    return isAbsentHelper(found) ? always(false) : (found.body as Test);
  };
  const none = ask('none');
  const present = both(not(none), ask('present'));
  const absent = both(not(none), not(ask('present')));
  const swapSide = level === 'pte' || (level === 'pmd' && form.definition.swap.codecs.pmd);
  const isAbsent = swapSide ? absent : always(false);
  if (level === 'pte') {
    return { none, leaf: present, table: always(false), absent: isAbsent, invalid: always(false) };
  }
  const leaf = geometry?.mayMap ? both(present, ask('leaf')) : always(false);
  const table = both(present, not(ask('leaf')), not(ask('bad')));
  return {
    none,
    leaf,
    table,
    absent: isAbsent,
    invalid: not(either(none, leaf, table, isAbsent)),
  };
}
