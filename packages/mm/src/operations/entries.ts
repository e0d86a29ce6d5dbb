import type { MappingLevel } from '@pagewright/core';
import { ERRNO } from '../errno.js';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { canChangePteWritable } from '../mprotect/can-change-writable.js';
import { vmNormalPage } from '../normal-page.js';
import { entryAt, setEntry, slotMade } from '../tables/tables.js';
import { pageProtOf } from '../vma/vma.js';
import { AT, NEVER_WAITS, operation, PFN, type Place, SWITCH } from './operation.js';

const LEVEL = { kind: 'level', default: 'pte' } as const;

/** Questions about single entries, and entries that nobody but a scenario makes (SPEC 2, 8.3). */
export const entryOperations = [
  operation(
    'vm_normal_page',
    'the page that an entry maps as memory with a struct page, or none',
    'page',
    { at: AT, level: LEVEL },
    (model, { at, level }) =>
      vmNormalPage(model, level, at.vma, at.vpn, entryAt(model, at.mm, at.vpn, level)),
  ),
  operation(
    'page_at',
    'the page that an entry points to, whatever it is to the kernel',
    'page',
    { at: AT, level: LEVEL },
    (model, { at, level }) => {
      const space = model.machine.space(level);
      const entry = entryAt(model, at.mm, at.vpn, level);
      return space.is.present(entry) ? model.machine.memory.frame(space.pfn(entry)) : -1;
    },
    NEVER_WAITS,
  ),
  operation(
    'can_change_pte_writable',
    'whether mprotect may make the entry writable without a fault',
    'truth',
    { at: AT },
    (model, { at }) => {
      const entry = entryAt(model, at.mm, at.vpn, 'pte');
      return canChangePteWritable(model, at.vma, at.vpn, entry) ? 1 : 0;
    },
  ),
  operation(
    'set_entry',
    'maps a frame by hand, counting nothing, as a bug elsewhere would',
    'error',
    { at: AT, pfn: PFN, write: SWITCH, dirty: SWITCH, special: SWITCH, level: LEVEL },
    (model, { at, pfn, write, dirty, special, level }) => {
      const space = model.machine.space(level);
      let entry = space.leaf(pfn, pageProtOf(model, at.vma));
      if (dirty) entry = space.to.mkdirty(entry);
      if (write) entry = space.mkwrite(entry);
      if (special) entry = space.to.mkspecial(entry);
      return put(model, at, level, entry);
    },
  ),
  operation(
    'set_absent_entry',
    'leaves an entry that is not present by hand; -EINVAL where the form has no such kind',
    'error',
    { at: AT, kind: { kind: 'absent' }, pfn: { kind: 'pfn', default: 0 }, level: LEVEL },
    (model, { at, kind, pfn, level }) => {
      const entry = model.machine.space(level).makeAbsent(kind, pfn);
      return entry === undefined ? ERRNO.EINVAL : put(model, at, level, entry);
    },
  ),
  operation(
    'set_word',
    'writes a word over an entry, as damaged memory would',
    'error',
    { at: AT, word: { kind: 'word' }, level: LEVEL },
    (model, { at, word, level }) => put(model, at, level, model.machine.space(level).of(word)),
  ),
];

function put(model: Model, at: Place, level: MappingLevel, entry: Entry): number {
  const slot = slotMade(model, at.mm, at.vpn, level);
  if (slot < 0) return ERRNO.ENOMEM;
  setEntry(model, slot, entry);
  return 0;
}
