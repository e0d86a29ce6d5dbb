import {
  type ChangeId,
  type EntryForm,
  hex,
  type Kernel,
  type MappingLevel,
  makeKernel,
  ok,
  REVISIONS,
  type Result,
  type Revision,
} from '@pagewright/core';

/** Kernels that answer alike. */
export interface KernelGroup<T> {
  /** Ids, in the order of all revisions. */
  readonly kernels: readonly string[];
  readonly answer: T;
}

/** A computation that was done, with everything that it asked the kernel. */
interface Done<T> {
  readonly form: string;
  readonly asked: ReadonlyMap<ChangeId, boolean>;
  readonly answer: T;
}

/**
 * Computes an answer for each revision and puts equal ones together. A computation is a function of
 * the form and of the changes that it asks for, so one is done for all kernels that answer those
 * questions alike. Codes: those of `formOf` and of `makeKernel`.
 */
export function foldKernels<T>(
  revisions: readonly Revision[],
  formOf: (revision: Revision) => Result<EntryForm>,
  compute: (form: EntryForm, kernel: Kernel) => T,
): Result<KernelGroup<T>[]> {
  const done: Done<T>[] = [];
  const forms = new Map<string, EntryForm>();
  const groups = new Map<string, { kernels: string[]; answer: T }>();
  for (const revision of revisions) {
    const made = formOf(revision);
    if (!made.ok) return made;
    const key = encodingOf(made.value);
    const form = forms.get(key) ?? made.value;
    forms.set(key, form);
    const kernel = makeKernel({ revision, form: form.definition });
    if (!kernel.ok) return kernel;
    const answer =
      knownAnswer(done, key, kernel.value) ?? first(done, key, form, kernel.value, compute);
    const text = JSON.stringify(answer, (_, value) =>
      typeof value === 'bigint' ? hex(value) : value,
    );
    const group = groups.get(text);
    if (group === undefined) groups.set(text, { kernels: [revision.id], answer });
    else group.kernels.push(revision.id);
  }
  return ok([...groups.values()]);
}

/** How entries are written: forms of one name differ in nothing else. */
const encodingOf = ({ definition }: EntryForm): string =>
  JSON.stringify([definition.headers, definition.supports, definition.swap.types]);

function knownAnswer<T>(done: readonly Done<T>[], form: string, kernel: Kernel): T | undefined {
  return done.find(
    (each) =>
      each.form === form && [...each.asked].every(([id, answer]) => kernel.has(id) === answer),
  )?.answer;
}

function first<T>(
  done: Done<T>[],
  key: string,
  form: EntryForm,
  kernel: Kernel,
  compute: (form: EntryForm, kernel: Kernel) => T,
): T {
  const asked = new Map<ChangeId, boolean>();
  const has = (id: ChangeId): boolean => {
    const answer = kernel.has(id);
    asked.set(id, answer);
    return answer;
  };
  const hasSpecial = (level: MappingLevel): boolean => {
    has('huge-pfnmap');
    return kernel.hasSpecial(level);
  };
  const answer = compute(form, { ...kernel, has, hasSpecial });
  done.push({ form: key, asked, answer });
  return answer;
}

/** Ids with runs of neighbours written as `v5.18 .. v6.9`. */
export function kernelRuns(kernels: readonly string[]): string {
  const at = (id: string): number => REVISIONS.findIndex((revision) => revision.id === id);
  const runs: string[][] = [];
  for (const id of [...kernels].sort((a, b) => at(a) - at(b))) {
    const last = runs.at(-1);
    if (last !== undefined && at(last.at(-1) as string) + 1 === at(id)) last.push(id);
    else runs.push([id]);
  }
  return runs
    .map((run) => (run.length > 2 ? `${run[0]} .. ${run.at(-1)}` : run.join(', ')))
    .join(', ');
}
