import type { EntryForm, Level } from '@pagewright/core';
import { ask, call, change, same } from './ask.js';
import { type Check, type Law, OUTSIDE } from './law.js';
import { canBecomeWritable, NO_ACCESS } from './protnone.js';

/** Everything about an entry that a transform may have to leave alone. */
const ATTRIBUTES = [
  'present',
  'leaf',
  'trans_huge',
  'protnone',
  'young',
  'dirty',
  'write',
  'special',
  'soft_dirty',
  'uffd_wp',
  'devmap',
] as const;
type Attribute = (typeof ATTRIBUTES)[number];

interface Keeps {
  readonly transform: string;
  readonly sentence: string;
  readonly source: string;
  /** Attributes that the transform is about or may change. */
  readonly changes: readonly Attribute[];
  /** Attributes that it may gain and must not lose. */
  readonly mayRaise?: readonly Attribute[];
  /** With shadow stacks a dirty read-only entry counts as writable, so dirty decides write. */
  readonly dirtyDecidesWrite?: boolean;
  /** Only about entries that can become writable. */
  readonly givesWrite?: boolean;
}

const SHADOW_STACK =
  'With shadow stacks a dirty entry without the write bit counts as writable, so there write permission may change with dirty.';
const HELPERS = 'Documentation/mm/arch_pgtable_helpers.rst';
const SPECIAL = 'SPEC 0.4, 14 (I34)';

const KEEPS: readonly Keeps[] = [
  {
    transform: 'mkold',
    sentence: 'Making an entry old changes its age and nothing else.',
    source: `${HELPERS} pte_mkold; ${SPECIAL}`,
    changes: ['young'],
  },
  {
    transform: 'mkyoung',
    sentence: 'Making an entry young changes its age and nothing else.',
    source: `${HELPERS} pte_mkyoung; ${SPECIAL}`,
    changes: ['young'],
  },
  {
    transform: 'mkclean',
    sentence: 'Making an entry clean changes nothing but dirty; it stays writable.',
    source: `${HELPERS} pte_mkclean; ${SPECIAL}`,
    changes: ['dirty'],
    dirtyDecidesWrite: true,
  },
  {
    transform: 'mkdirty',
    sentence: 'Making an entry dirty changes nothing but dirty and, where kept, soft-dirty.',
    source: `${HELPERS} pte_mkdirty; ${SPECIAL}`,
    changes: ['dirty'],
    mayRaise: ['soft_dirty'],
    dirtyDecidesWrite: true,
  },
  {
    transform: 'wrprotect',
    sentence: 'Write-protecting an entry takes its write permission and nothing else.',
    source: `${HELPERS} pte_wrprotect; ${SPECIAL}`,
    changes: ['write'],
  },
  {
    transform: 'mkwrite_novma',
    sentence: 'Making an entry writable changes nothing else; what was dirty stays dirty.',
    source: `${HELPERS} pte_mkwrite_novma; ${SPECIAL}`,
    givesWrite: true,
    changes: ['write'],
    mayRaise: ['dirty'],
  },
  {
    transform: 'mkwrite',
    sentence: 'Making an upper entry writable changes nothing else; what was dirty stays dirty.',
    source: `${HELPERS} pud_mkwrite; ${SPECIAL}`,
    givesWrite: true,
    changes: ['write'],
    mayRaise: ['dirty'],
  },
  {
    transform: 'mkspecial',
    sentence: 'Marking an entry special changes nothing else.',
    source: `${HELPERS} pte_mkspecial`,
    changes: ['special'],
  },
  {
    transform: 'mksoft_dirty',
    sentence: 'Marking an entry soft-dirty changes nothing else.',
    source: `${HELPERS} pte_mksoft_dirty`,
    changes: ['soft_dirty'],
  },
  {
    transform: 'clear_soft_dirty',
    sentence: 'Clearing soft-dirty changes nothing else.',
    source: `${HELPERS} pte_clear_soft_dirty`,
    changes: ['soft_dirty'],
  },
  {
    transform: 'mkuffd_wp',
    sentence: 'Setting the userfaultfd mark changes nothing but it and write permission.',
    source: 'include/asm-generic/pgtable_uffd.h pte_mkuffd_wp; SPEC 4.4',
    changes: ['uffd_wp', 'write'],
  },
  {
    transform: 'clear_uffd_wp',
    sentence: 'Clearing the userfaultfd mark changes nothing else and gives no write permission.',
    source: 'include/asm-generic/pgtable_uffd.h pte_clear_uffd_wp; SPEC 8.2',
    changes: ['uffd_wp'],
  },
  {
    transform: 'mkdevmap',
    sentence: 'Marking a device mapping keeps its frame, age, dirty and write permission.',
    source: `${HELPERS} pte_mkdevmap; SPEC 0.4`,
    changes: ['devmap', 'special', 'trans_huge'],
  },
  {
    transform: 'mkinvalid',
    sentence: 'Hiding an entry from the processor keeps its frame and all software attributes.',
    source: `${HELPERS} pmd_mkinvalid; mm/debug_vm_pgtable.c pmd_thp_tests`,
    changes: ['present', 'protnone', 'write'],
  },
];

/** Attributes that must be as before, with the frame; and those that must not be lost. */
function keepsAt(keeps: Keeps, form: EntryForm, level: Level): Check | undefined {
  const transform = change(form, level, keeps.transform);
  const pfn = change(form, level, 'pfn');
  if (transform === undefined || pfn === undefined) return undefined;
  const free: Attribute[] = [...keeps.changes];
  if (keeps.dirtyDecidesWrite && form.definition.supports.shadowStack) free.push('write');
  const raised = keeps.mayRaise ?? [];
  const named = (list: readonly Attribute[]) =>
    list.flatMap((name) => {
      const question = ask(form, level, name);
      return question === undefined ? [] : [{ what: `${level}_${name}()`, question }];
    });
  const exact = named(ATTRIBUTES.filter((name) => !free.includes(name) && !raised.includes(name)));
  const notLost = named(raised);
  const frame = `${level}_pfn()`;
  const concerned = (keeps.givesWrite && canBecomeWritable(form, level)) || (() => true);
  return (entry = 0n) => {
    if (!concerned(entry)) return OUTSIDE;
    const changed = transform(entry);
    const moved = same(frame, pfn(entry), pfn(changed));
    if (moved !== undefined) return moved;
    for (const { what, question } of exact) {
      const before = question(entry);
      if (before !== question(changed)) return same(what, before, !before);
    }
    for (const { what, question } of notLost) {
      if (question(entry) && !question(changed)) return same(what, true, false);
    }
    return undefined;
  };
}

const TWICE = [
  ...['mkold', 'mkyoung', 'mkclean', 'mkdirty', 'wrprotect', 'mkwrite_novma', 'mkspecial'],
  ...['mksoft_dirty', 'clear_soft_dirty', 'mkuffd_wp', 'clear_uffd_wp', 'mkdevmap', 'mkhuge'],
];

/** What each transform must leave as it was. */
export const keepLaws: readonly Law[] = [
  ...KEEPS.map(
    (keeps): Law => ({
      id: `pxx_${keeps.transform}(e) keeps the rest of e`,
      group: 'what transforms keep',
      sentence: keeps.sentence,
      source: keeps.source,
      over: 'leaves',
      ...(keeps.dirtyDecidesWrite ? { except: SHADOW_STACK } : {}),
      ...(keeps.givesWrite ? { except: NO_ACCESS } : {}),
      at: (form, level) => keepsAt(keeps, form, level),
    }),
  ),
  {
    id: 'pxx_mkX(pxx_mkX(e)) = pxx_mkX(e)',
    group: 'what transforms keep',
    sentence: 'Doing the same change a second time changes nothing more.',
    source: `${HELPERS}: "Creates a young PTE" of one that is young`,
    over: 'leaves',
    at: (form, level) => {
      const transforms = TWICE.flatMap((name) => {
        const transform = change(form, level, name);
        return transform === undefined ? [] : [{ name, transform }];
      });
      if (transforms.length === 0) return undefined;
      return (entry = 0n) => {
        for (const { name, transform } of transforms) {
          const once = transform(entry);
          const broken = same(`${level}_${name}() twice`, once, transform(once));
          if (broken !== undefined) return broken;
        }
        return undefined;
      };
    },
  },
  {
    id: 'pxx_mkyoung, mkdirty and mkspecial in any order',
    group: 'what transforms keep',
    sentence: 'Age, dirty and the special mark are independent: the order of setting them is free.',
    source: `${HELPERS} pte_mkyoung, pte_mkdirty, pte_mkspecial`,
    over: 'leaves',
    at: (form, level) => {
      const young = change(form, level, 'mkyoung');
      const dirty = change(form, level, 'mkdirty');
      const special = change(form, level, 'mkspecial');
      if (young === undefined || dirty === undefined || special === undefined) return undefined;
      return (entry = 0n) =>
        same(`${level} entry`, young(dirty(special(entry))), special(dirty(young(entry))));
    },
  },
  {
    id: 'maybe_mkwrite(e, vma)',
    group: 'what transforms keep',
    sentence: 'maybe_mkwrite() changes nothing for a VMA that may not be written.',
    source: 'include/linux/mm.h maybe_mkwrite; mm/huge_memory.c maybe_pmd_mkwrite',
    over: 'leaves',
    at: (form, level) => {
      const maybe = call(form, level === 'pte' ? 'maybe_mkwrite' : `maybe_${level}_mkwrite`);
      if (maybe === undefined || (level !== 'pte' && level !== 'pmd')) return undefined;
      return (entry = 0n) =>
        same('entry', entry, maybe({ entry, vmWrite: false, vmShadowStack: false }));
    },
  },
];
