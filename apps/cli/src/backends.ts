import {
  type ArchBackend,
  type FindKernelLayout,
  fail,
  type KernelSpaceRules,
  ok,
  type Result,
} from '@pagewright/core';

/** An architecture: how the names of its forms begin, and the package that has it. */
interface BackendLine {
  readonly names: RegExp;
  readonly load: () => Promise<object>;
  /** What a dump needs to know of it. */
  readonly kernel: () => Promise<{
    readonly kernelLayout: FindKernelLayout;
    readonly kernelSpace: KernelSpaceRules;
  }>;
}

/** The architectures. One line each; only the one that a form's name points to is loaded. */
const BACKENDS: readonly BackendLine[] = [
  {
    names: /^(x86|i386)/,
    load: () => import('@pagewright/arch-x86'),
    kernel: () => import('@pagewright/arch-x86/kernel'),
  },
  {
    names: /^arm64/,
    load: () => import('@pagewright/arch-arm64'),
    kernel: () => import('@pagewright/arch-arm64/kernel'),
  },
  {
    names: /^s390/,
    load: () => import('@pagewright/arch-s390x'),
    kernel: () => import('@pagewright/arch-s390x/kernel'),
  },
  {
    names: /^(um|alpha|m68k)/,
    load: () => import('@pagewright/arch-nopte-special'),
    kernel: () => import('@pagewright/arch-nopte-special/kernel'),
  },
];

const looksLikeBackend = (value: unknown): value is ArchBackend => {
  const candidate = value as Partial<ArchBackend> | null | undefined;
  return (
    typeof candidate === 'object' &&
    candidate !== null &&
    typeof candidate.arch === 'string' &&
    Array.isArray(candidate.forms) &&
    typeof candidate.form === 'function' &&
    typeof candidate.formFromDump === 'function'
  );
};

/** The backend that a module exports, by default or under any name. */
export const backendOf = (module: object): ArchBackend | undefined =>
  Object.values(module).find(looksLikeBackend);

async function loaded(line: BackendLine): Promise<ArchBackend> {
  const backend = backendOf(await line.load());
  if (backend === undefined) throw new Error(`no backend in the package for ${line.names}`);
  return backend;
}

/** All backends. */
export const allBackends = (): Promise<readonly ArchBackend[]> => Promise.all(BACKENDS.map(loaded));

/** All architectures as opening a dumped kernel asks for them. */
export const allArchitectures = () =>
  Promise.all(
    BACKENDS.map(async (line) => {
      const [backend, { kernelLayout, kernelSpace }] = await Promise.all([
        loaded(line),
        line.kernel(),
      ]);
      return { backend, kernelLayout, kernelSpace };
    }),
  );

/** The backend that has a form; code `unknown-form`, with the forms that there are. */
export async function backendOfForm(name: string): Promise<Result<ArchBackend>> {
  const has = (backend: ArchBackend): boolean => backend.forms.some((form) => form.name === name);
  for (const line of BACKENDS) {
    if (!line.names.test(name)) continue;
    const backend = await loaded(line);
    if (has(backend)) return ok(backend);
  }
  const backends = await allBackends();
  const found = backends.find(has);
  if (found !== undefined) return ok(found);
  const known = backends.flatMap((backend) => backend.forms.map((form) => form.name)).join(', ');
  const form = name.slice(0, 40);
  return fail('unknown-form', `unknown form "${form}"; known: ${known}`, { form });
}
