import { type FormDefinition, isCowMapping, vmConstant } from '@pagewright/core';
import { WordIds } from './word-ids.js';

/** Flags that some operation asks for. */
const ASKED = [
  'VM_READ',
  'VM_WRITE',
  'VM_EXEC',
  'VM_SHARED',
  'VM_MAYREAD',
  'VM_MAYWRITE',
  'VM_MAYEXEC',
  'VM_MAYSHARE',
  'VM_GROWSDOWN',
  'VM_UFFD_MISSING',
  'VM_PFNMAP',
  'VM_MAYBE_GUARD',
  'VM_UFFD_WP',
  'VM_LOCKED',
  'VM_IO',
  'VM_SEQ_READ',
  'VM_RAND_READ',
  'VM_DONTCOPY',
  'VM_DONTEXPAND',
  'VM_HUGETLB',
  'VM_SYNC',
  'VM_WIPEONFORK',
  'VM_DONTDUMP',
  'VM_SOFTDIRTY',
  'VM_MIXEDMAP',
  'VM_HUGEPAGE',
  'VM_NOHUGEPAGE',
  'VM_MERGEABLE',
  'VM_SHADOW_STACK',
  'VM_DROPPABLE',
  'VM_SEALED',
] as const;
/** A VMA flag by the kernel's name. */
export type VmFlagName = (typeof ASKED)[number];

/** What is in a set of flags, by name, and whether is_cow_mapping() takes it (SPEC 1.6). */
export type VmFlagFacts = Readonly<Record<VmFlagName | 'isCow', boolean>>;

/** vm_flags by the number that a machine gives the set. */
export type FlagSet = number;

/** Sets of VMA flags by number, with what the kernel asks of them. */
export class VmFlagSets {
  private readonly ids = new WordIds(0n);
  private readonly masks: Readonly<Record<VmFlagName, bigint>>;
  private readonly facts: VmFlagFacts[] = [];

  constructor(definition: FormDefinition) {
    const masks = ASKED.map((name) => [name, vmConstant(definition, name) ?? 0n] as const);
    this.masks = Object.fromEntries(masks) as Record<VmFlagName, bigint>;
  }

  /** Number of a set. */
  of(flags: bigint): FlagSet {
    return this.ids.id(flags);
  }

  /** The set as the kernel numbers its bits. */
  value(flags: FlagSet): bigint {
    return this.ids.word(flags);
  }

  /** What is in a set, by name; never a flag that form and generation lack. */
  is(flags: FlagSet): VmFlagFacts {
    return this.facts[flags] ?? this.findFacts(flags);
  }

  private findFacts(flags: FlagSet): VmFlagFacts {
    // In order of their numbers, so that the list has no holes.
    while (this.facts.length <= flags) {
      const set = this.value(this.facts.length);
      const has = ASKED.map((name) => [name, (set & this.masks[name]) !== 0n]);
      this.facts.push({ ...Object.fromEntries(has), isCow: isCowMapping(set) } as VmFlagFacts);
    }
    return this.facts[flags] as VmFlagFacts;
  }

  /** Bits of some flags; 0 for those that form and generation lack. */
  mask(...names: readonly VmFlagName[]): bigint {
    return names.reduce((mask, name) => mask | this.masks[name], 0n);
  }
}
