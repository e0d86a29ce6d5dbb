import { type FormDefinition, isCowMapping, vmConstant } from '@pagewright/core';
import { remembered, WordIds } from './word-ids.js';

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

/** vm_flags by the number that a machine gives the set. */
export type FlagSet = number;

/** Sets of VMA flags by number, with what the kernel asks of them. */
export class VmFlagSets {
  private readonly ids = new WordIds(0n);
  /** Tests for each flag; never true where form and generation lack the flag. */
  readonly is: Readonly<Record<VmFlagName, (flags: FlagSet) => boolean>>;
  /** is_cow_mapping() (SPEC 1.6). */
  readonly isCow = this.asked(isCowMapping);
  private readonly masks: Readonly<Record<VmFlagName, bigint>>;

  constructor(definition: FormDefinition) {
    const masks = ASKED.map((name) => [name, vmConstant(definition, name) ?? 0n] as const);
    this.masks = Object.fromEntries(masks) as Record<VmFlagName, bigint>;
    this.is = Object.fromEntries(
      masks.map(([name, mask]) => [name, this.asked((flags) => (flags & mask) !== 0n)]),
    ) as Record<VmFlagName, (flags: FlagSet) => boolean>;
  }

  /** Number of a set. */
  of(flags: bigint): FlagSet {
    return this.ids.id(flags);
  }

  /** The set as the kernel numbers its bits. */
  value(flags: FlagSet): bigint {
    return this.ids.word(flags);
  }

  /** Bits of some flags; 0 for those that form and generation lack. */
  mask(...names: readonly VmFlagName[]): bigint {
    return names.reduce((mask, name) => mask | this.masks[name], 0n);
  }

  private asked(test: (flags: bigint) => boolean): (flags: FlagSet) => boolean {
    const known = remembered((id: FlagSet) => (test(this.ids.word(id)) ? 1 : 0));
    return (flags) => known(flags) === 1;
  }
}
