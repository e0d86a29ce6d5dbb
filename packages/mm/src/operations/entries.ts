import { canChangePteWritable } from '../mprotect/can-change-writable.js';
import { vmNormalPage } from '../normal-page.js';
import { entryAt, setEntry, slotMade } from '../tables/tables.js';
import { AT, operation } from './operation.js';

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
    'writes a word over an entry, as damage or a bug elsewhere would',
    'error',
    { at: AT, word: { kind: 'word' }, level: LEVEL },
    (model, { at, word, level }) => {
      const slot = slotMade(model, at.mm, at.vpn, level);
      setEntry(model, slot, model.machine.space(level).of(word));
      return 0;
    },
  ),
];
