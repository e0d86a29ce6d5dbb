import {
  type ArchBackend,
  type ConfigChoice,
  type ConfigName,
  type EntryForm,
  fail,
  type Kernel,
  makeKernel,
  ok,
  REVISIONS,
  type Result,
  revisionForm,
  swapTypes,
} from '@pagewright/core';

/** What a dump shows of its kernel: its types by name or member path, its symbols by name. */
export interface Evidence {
  readonly types: { has(path: string): boolean };
  readonly symbols: { address(name: string): bigint | undefined };
}

/** One decision about the kernel, and what in the dump led to it. */
export interface Ground {
  /** `kernel v6.12`, `DEVICE_PRIVATE=n`. */
  readonly choice: string;
  readonly because: string;
}

/** What somebody knows better than the dump. */
export interface KernelOverrides {
  /** Id of a revision. */
  readonly revision?: string;
  readonly config?: ConfigChoice;
  /** CONFIG_MEMORY_FAILURE, of which only the numbers of swap types depend. */
  readonly memoryFailure?: boolean;
}

/** The kernel that a dump is judged by. */
export interface ChosenKernel {
  readonly kernel: Kernel;
  /** Kernels of which the dump shows no difference to the chosen one, though their answers may. */
  readonly alternatives: readonly Kernel[];
  readonly grounds: readonly Ground[];
  /** A paging form as this kernel has it: its devmap bit, its swap types. */
  formOf(name: string): Result<EntryForm>;
}

interface Sign {
  readonly revision: string;
  readonly shows: (evidence: Evidence) => boolean;
  readonly because: string;
  /** Revisions that bear the same sign. */
  readonly or?: readonly string[];
}

/**
 * What newer kernels have and older ones have not, newest first. Each is a name that the release
 * brought, so that a kernel between two releases is taken for the older one.
 */
const SIGNS: readonly Sign[] = [
  {
    revision: 'v7.2',
    shows: ({ types }) => types.has('page.compound_info'),
    because: 'struct page has compound_info',
  },
  {
    revision: 'v6.18',
    shows: ({ types }) => types.has('enum pgtable_level'),
    because: 'enum pgtable_level exists, struct page has no compound_info',
    or: ['v6.18-fixed'],
  },
  {
    revision: 'v6.17',
    shows: ({ types }) => types.has('vm_area_desc') && !types.has('pfn_t'),
    because: 'struct vm_area_desc exists, pfn_t is gone',
  },
  {
    revision: 'v6.12',
    shows: ({ types }) => types.has('follow_pfnmap_args'),
    because: 'struct follow_pfnmap_args exists, enum pgtable_level does not',
  },
  {
    revision: 'v6.9',
    shows: ({ types }) => types.has('enum rmap_level'),
    because: 'enum rmap_level exists, struct follow_pfnmap_args does not',
  },
  {
    revision: 'v6.1',
    shows: ({ types }) => types.has('mm_struct.mm_mt'),
    because: 'mm_struct has a maple tree, enum rmap_level does not exist',
  },
];

/** The oldest kernel that is known stands for all before it. */
const OLDER: Sign = {
  revision: REVISIONS[0]?.id as string,
  shows: () => true,
  because: 'no sign of a newer kernel; the oldest one that is known',
};

/** Options that show as a function which exists only with them. */
const OPTION_SYMBOLS: readonly (readonly [ConfigName, readonly string[]])[] = [
  ['TRANSPARENT_HUGEPAGE', ['do_huge_pmd_anonymous_page']],
  ['HUGETLB_PAGE', ['hugetlb_fault']],
  ['FS_DAX', ['dax_iomap_fault']],
  ['SECRETMEM', ['secretmem_fault']],
  ['DEVICE_PRIVATE', ['make_device_exclusive_range', 'make_device_exclusive']],
  ['DEBUG_VM', ['dump_vma']],
];
const MEMORY_FAILURE_SYMBOL = 'memory_failure';

/**
 * Chooses the kernel by what the dump's types and symbols show; no version number is looked at.
 *
 * @param dumped form of the kernel's own tables, as the backend found it
 * @returns codes: `unknown-revision` for an override, and those of `makeKernel`
 */
export function chooseKernel(
  backend: ArchBackend,
  dumped: EntryForm,
  evidence: Evidence,
  overrides: KernelOverrides = {},
): Result<ChosenKernel> {
  const sign =
    overrides.revision === undefined
      ? (SIGNS.find(({ shows }) => shows(evidence)) ?? OLDER)
      : { revision: overrides.revision, because: 'as asked' };
  const options = optionsOf(evidence, overrides);
  const make = (revision: string) =>
    makeKernel({ revision, form: dumped.definition, config: options.config });
  const kernel = make(sign.revision);
  if (!kernel.ok) return kernel;
  const alternatives: Kernel[] = [];
  for (const other of ('or' in sign && sign.or) || []) {
    const made = make(other);
    if (made.ok && answersDiffer(made.value)) alternatives.push(made.value);
  }
  return ok({
    kernel: kernel.value,
    alternatives,
    grounds: [{ choice: `kernel ${sign.revision}`, because: sign.because }, ...options.grounds],
    formOf: (name) => formFor(backend, name, dumped, kernel.value, options.memoryFailure),
  });
}

/** The fix asks each level for its own mark: no difference where all levels have the same. */
const answersDiffer = (kernel: Kernel): boolean =>
  (['pmd', 'pud'] as const).some((level) => kernel.hasSpecial(level) !== kernel.hasSpecial('pte'));

function optionsOf({ types, symbols }: Evidence, overrides: KernelOverrides) {
  const grounds: Ground[] = [];
  const config: Partial<Record<ConfigName, boolean>> = {};
  const note = (name: string, value: boolean, because: string) =>
    grounds.push({ choice: `${name}=${value ? 'y' : 'n'}`, because });
  const symbolOf = (names: readonly string[]): string | undefined =>
    names.find((name) => symbols.address(name) !== undefined);
  const bySymbol = (name: string, names: readonly string[]): boolean => {
    const found = symbolOf(names);
    note(name, found !== undefined, found ? `${found}() exists` : `no ${names.join('(), ')}()`);
    return found !== undefined;
  };
  for (const [name, names] of OPTION_SYMBOLS) {
    if (overrides.config?.[name] === undefined) config[name] = bySymbol(name, names);
  }
  if (overrides.config?.FIND_NORMAL_PAGE === undefined) {
    const has = types.has('vm_operations_struct.find_normal_page');
    const older = types.has('vm_operations_struct.find_special_page');
    const member = has ? 'find_normal_page' : older ? 'find_special_page' : undefined;
    config.FIND_NORMAL_PAGE = member !== undefined;
    note(
      'FIND_NORMAL_PAGE',
      member !== undefined,
      member === undefined ? 'vm_operations_struct has no such hook' : `vm_ops has ${member}`,
    );
  }
  for (const [name, value] of Object.entries(overrides.config ?? {})) {
    if (value === undefined) continue;
    config[name as ConfigName] = value;
    note(name, value, 'as asked');
  }
  const asked = overrides.memoryFailure;
  if (asked !== undefined) note('MEMORY_FAILURE', asked, 'as asked');
  const memoryFailure = asked ?? bySymbol('MEMORY_FAILURE', [MEMORY_FAILURE_SYMBOL]);
  return { config: config as ConfigChoice, grounds, memoryFailure };
}

/** How entries are written stays as the dump showed; the revision says what moved within that. */
function formFor(
  backend: ArchBackend,
  name: string,
  dumped: EntryForm,
  kernel: Kernel,
  memoryFailure: boolean,
): Result<EntryForm> {
  const { headers } = dumped;
  const devicePrivate = kernel.config.DEVICE_PRIVATE;
  const form = revisionForm(backend, name, { ...kernel.revision, headers }, { devicePrivate });
  if (!form.ok) return form;
  const { definition } = form.value;
  if (definition.pageShift !== dumped.definition.pageShift) {
    return fail('other-page-size', `${name} has pages of another size than ${dumped.name}`);
  }
  const config = { ...definition.swap.types.config, devicePrivate, memoryFailure };
  return ok(form.value.with({ swap: { ...definition.swap, types: swapTypes(headers, config) } }));
}
