import type { LevelGeometry, MappingLevel } from '../form/level.js';
import { ok, type Result } from '../outcome.js';
import { type ChangeSet, changesOf } from './change-set.js';
import type { ChangeId } from './changes.js';
import { type ConfigChoice, type KernelConfig, kernelConfig } from './config.js';
import { findRevision, type Revision } from './revisions.js';

/** What a kernel takes from the paging form that it runs on: a `FormDefinition` fits. */
export interface KernelForm {
  /** log2 of the bytes of a page. */
  readonly pageShift: number;
  /** Levels, and whether their special mark works. */
  readonly levels: readonly Pick<LevelGeometry, 'level' | 'hasSpecial'>[];
  /** Bits of a virtual address: no more than 32 are a 32-bit kernel's. */
  readonly addressBits?: number;
}

/** A revision in a configuration. What differs between kernels is asked here, never a version. */
export interface Kernel {
  /** The revision that it is of. */
  readonly revision: Revision;
  /** Changes that it contains. */
  readonly changes: ChangeSet;
  /** Its configuration. */
  readonly config: KernelConfig;
  /** log2 of the bytes of a page. */
  readonly pageShift: number;
  /** The kernel contains the change. */
  has(change: ChangeId): boolean;
  /** pte_special(), pmd_special(), pud_special() read a real bit; else they are constantly false. */
  hasSpecial(level: MappingLevel): boolean;
}

/** What to make a kernel of. */
export interface KernelChoice {
  /** Id of a known revision, or one of your own. */
  readonly revision: string | Revision;
  /** The paging form that it runs on. */
  readonly form: KernelForm;
  /** Options that differ from the default. */
  readonly config?: ConfigChoice;
}

/** Options that stand for the special mark of each level. */
export const SPECIAL_OPTION = {
  pte: 'ARCH_HAS_PTE_SPECIAL',
  pmd: 'ARCH_SUPPORTS_PMD_PFNMAP',
  pud: 'ARCH_SUPPORTS_PUD_PFNMAP',
} as const satisfies Readonly<Record<MappingLevel, keyof KernelConfig>>;

/**
 * Makes a kernel: defaults of a distribution, special marks as the form has them, then the choice.
 * Codes: `unknown-revision`, and those of `changesOf` for an impossible set.
 */
export function makeKernel(choice: KernelChoice): Result<Kernel> {
  const revision =
    typeof choice.revision === 'string' ? findRevision(choice.revision) : ok(choice.revision);
  if (!revision.ok) return revision;
  const changes = changesOf(revision.value);
  if (!changes.ok) return changes;
  return ok(kernelWith(revision.value, changes.value, choice.form, choice.config ?? {}));
}

/** A kernel of a change set of one's own: how bisect makes the states between two revisions. */
export function kernelWith(
  revision: Revision,
  changes: ChangeSet,
  form: KernelForm,
  choice: ConfigChoice,
): Kernel {
  const marked = (level: MappingLevel): boolean =>
    form.levels.find((geometry) => geometry.level === level)?.hasSpecial ?? false;
  const config = kernelConfig({
    [SPECIAL_OPTION.pte]: marked('pte'),
    [SPECIAL_OPTION.pmd]: marked('pmd'),
    [SPECIAL_OPTION.pud]: marked('pud'),
    '64BIT': form.addressBits === undefined || form.addressBits > 32,
    ...choice,
  });
  const ids = new Set(changes.map(({ id }) => id));
  const has = (change: ChangeId): boolean => ids.has(change);
  return {
    revision,
    changes,
    config,
    pageShift: form.pageShift,
    has,
    hasSpecial: specialMarks(config, has),
  };
}

/** The same kernel, which tells of each change that it is asked for: what an outcome depends on. */
export function kernelThatTells(kernel: Kernel, tell: (change: ChangeId) => void): Kernel {
  const has = (change: ChangeId): boolean => {
    tell(change);
    return kernel.has(change);
  };
  return { ...kernel, has, hasSpecial: specialMarks(kernel.config, has) };
}

const specialMarks =
  (config: KernelConfig, has: Kernel['has']): Kernel['hasSpecial'] =>
  (level) =>
    config[SPECIAL_OPTION[level]] &&
    (level === 'pte' || (has('huge-pfnmap') && config.TRANSPARENT_HUGEPAGE));
