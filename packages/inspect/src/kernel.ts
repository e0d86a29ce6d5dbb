import {
  type ArchBackend,
  type EntryForm,
  type FindKernelLayout,
  fail,
  type KernelSpaceRules,
  ok,
  type Problem,
  type Result,
  type VirtAddr,
  virtAddr,
} from '@pagewright/core';
import {
  type Dump,
  findVmcoreinfo,
  kernelMemory,
  parseVmcoreinfo,
  readBtf,
  readKallsyms,
  type Symbols,
  searchBtf,
  type Types,
  type VirtualMemory,
  type VmcoreInfo,
} from '@pagewright/dump';

/** An architecture as whoever opens a kernel hands it in. */
export interface KernelArchitecture {
  readonly backend: ArchBackend;
  /** From the architecture's `/kernel` sub-path. */
  readonly kernelLayout: FindKernelLayout;
  /** As well from there; without it the kernel's own address space cannot be shown. */
  readonly kernelSpace?: KernelSpaceRules;
}

/** What a dump may lack, and the architectures to try. */
export interface OpenKernelOptions {
  readonly architectures: readonly KernelArchitecture[];
  /** The kernel's types, where its image has none (no CONFIG_DEBUG_INFO_BTF). */
  readonly types?: Types;
  readonly vmcoreinfo?: VmcoreInfo;
  readonly symbols?: Symbols;
}

/** A dumped kernel as far as its types are not needed: its memory and its symbols. */
export interface KernelImage {
  readonly architecture: KernelArchitecture;
  /** Form of the kernel's own tables. */
  readonly form: EntryForm;
  readonly vmcoreinfo: VmcoreInfo;
  readonly virtual: VirtualMemory;
  /** The symbol table, or why there is none. Some hold functions alone. */
  readonly symbols: Result<Symbols>;
  /** Address of a symbol, where the table has it. */
  symbol(name: string): VirtAddr | undefined;
}

/** A dumped kernel, ready for questions about its structures. */
export interface Kernel extends KernelImage {
  readonly types: Types;
}

/**
 * Opens the kernel in a dump with its types. Codes: those of `openKernelImage`, and those of
 * `readBtf` where no types were given.
 */
export function openKernel(dump: Dump, options: OpenKernelOptions): Result<Kernel> {
  const image = openKernelImage(dump, options);
  if (!image.ok) return image;
  const types = typesOf(image.value, options);
  return types.ok ? ok({ ...image.value, types: types.value }) : types;
}

/**
 * Opens the kernel in a dump: VMCOREINFO (given, noted, else searched for), the architecture whose
 * layout it confirms, the symbol table. Codes: `no-vmcoreinfo`, `no-architecture` when none fits,
 * with each one's reason.
 */
export function openKernelImage(dump: Dump, options: OpenKernelOptions): Result<KernelImage> {
  const opened = openedWithInfo(dump, options);
  if (!opened.ok) return opened;
  const { vmcoreinfo, found } = opened.value;
  const { architecture, form } = found;
  const symbols =
    options.symbols === undefined ? readKallsyms(found.virtual, vmcoreinfo) : ok(options.symbols);
  const symbol = (name: string) => (symbols.ok ? symbols.value.address(name) : undefined);
  const virtual = kernelMemory({
    memory: dump.memory,
    form,
    vmcoreinfo,
    findLayout: architecture.kernelLayout,
    symbol,
  });
  if (!virtual.ok) return virtual;
  const { layout } = virtual.value;
  return ok({
    architecture,
    form: layout.form,
    vmcoreinfo,
    virtual: virtual.value,
    symbols,
    symbol,
  });
}

/** The types given, those that the symbol table names, else those that the image is searched for. */
function typesOf(
  { virtual, vmcoreinfo, symbols }: KernelImage,
  { types }: OpenKernelOptions,
): Result<Types> {
  if (types !== undefined) return ok(types);
  const named = symbols.ok ? readBtf(virtual, symbols.value) : symbols;
  const start = vmcoreinfo.symbol('_stext');
  if (named.ok || start === undefined) return named;
  const searched = searchBtf(virtual, virtAddr(start));
  return searched.ok ? searched : named;
}

interface FoundArchitecture {
  readonly architecture: KernelArchitecture;
  readonly form: EntryForm;
  readonly virtual: VirtualMemory;
}

function openedWithInfo(
  dump: Dump,
  options: OpenKernelOptions,
): Result<{ readonly vmcoreinfo: VmcoreInfo; readonly found: FoundArchitecture }> {
  const noted = dump.vmcoreinfo === undefined ? undefined : parseVmcoreinfo(dump.vmcoreinfo);
  const known = options.vmcoreinfo ?? noted;
  if (known !== undefined) {
    const found = findArchitecture(dump, known, options);
    return found.ok ? ok({ vmcoreinfo: known, found: found.value }) : found;
  }
  let found: FoundArchitecture | undefined;
  let problem: Problem | undefined;
  const searched = findVmcoreinfo(dump.memory, dump.ranges, (candidate) => {
    const tried = findArchitecture(dump, candidate, options);
    if (tried.ok) found = tried.value;
    else problem = tried.problem;
    return tried.ok;
  });
  if (searched.ok && found !== undefined) return ok({ vmcoreinfo: searched.value, found });
  // A text that no architecture can use says more than that none was right.
  if (problem !== undefined) return { ok: false, problem };
  return searched.ok ? fail('no-vmcoreinfo', 'VMCOREINFO was found but not used') : searched;
}

/** The first architecture whose form and layout VMCOREINFO and memory confirm. */
function findArchitecture(
  dump: Dump,
  vmcoreinfo: VmcoreInfo,
  { architectures }: OpenKernelOptions,
): Result<FoundArchitecture> {
  const reasons: string[] = [];
  for (const architecture of architectures) {
    const { backend, kernelLayout } = architecture;
    const form = backend.formFromDump({
      vmcoreinfo: vmcoreinfo.lines,
      ...(dump.machine === undefined ? {} : { elfMachine: dump.machine }),
    });
    const virtual = form.ok
      ? kernelMemory({
          memory: dump.memory,
          form: form.value,
          vmcoreinfo,
          findLayout: kernelLayout,
        })
      : form;
    if (form.ok && virtual.ok) {
      return ok({ architecture, form: form.value, virtual: virtual.value });
    }
    if (!virtual.ok) reasons.push(`${backend.arch}: ${virtual.problem.message}`);
  }
  return fail('no-architecture', `no architecture fits the dump; ${reasons.join('; ')}`);
}
