import {
  type ArchBackend,
  type EntryForm,
  fail,
  findRevision,
  HEADER_GENERATIONS,
  type HeaderGeneration,
  ok,
  REVISIONS,
  type Result,
  type Revision,
  revisionForm,
} from '@pagewright/core';
import { backendOfForm } from './backends.js';

/** What was asked about a form on the command line. */
export interface FormChoice {
  /** `--headers`: a generation. */
  readonly headers?: string;
  /** `--kernel`: a revision, whose generation is meant, or `all`. */
  readonly kernel?: string;
  readonly devicePrivate?: boolean;
}

/** Options of verbs that take a form, said once. */
export const HEADERS_OPTION = [
  '--headers <generation>',
  `header generation: ${HEADER_GENERATIONS.join(', ')} (default: the newest that the form has)`,
] as const;
/** The kernel revision, or all of them. */
export const KERNEL_OPTION = [
  '--kernel <revision>',
  'kernel revision, which implies the headers, or `all`',
] as const;

/**
 * The forms that a name and a choice stand for: one, or with `--kernel all` one for each generation
 * that exists. Codes: `unknown-form`, `unknown-headers`, `unknown-revision`, `headers-differ`.
 */
export async function openForms(name: string, choice: FormChoice): Promise<Result<EntryForm[]>> {
  const backend = await backendOfForm(name);
  if (!backend.ok) return backend;
  if (choice.kernel === undefined || choice.kernel === 'all') {
    const headers = parseHeaders(choice.headers);
    if (!headers.ok) return headers;
    const generations =
      headers.value === undefined && choice.kernel === 'all'
        ? generationsOf(backend.value, name)
        : [headers.value];
    return collect(generations.map((each) => build(backend.value, name, choice, each)));
  }
  const revision = findRevision(choice.kernel);
  if (!revision.ok) return revision;
  return collect([formOfRevision(backend.value, name, revision.value, choice)]);
}

/** One form of a name and a choice that names no more than one. */
export async function openForm(name: string, choice: FormChoice): Promise<Result<EntryForm>> {
  const forms = await openForms(name, choice);
  return forms.ok ? ok(forms.value[0] as EntryForm) : forms;
}

/**
 * The form as the headers of a revision have it. Other headers are refused with code
 * `headers-differ`, but for `--kernel all`, where they fix how every kernel reads an entry.
 */
export function formOfRevision(
  backend: ArchBackend,
  name: string,
  revision: Revision,
  choice: FormChoice,
): Result<EntryForm> {
  const asked = parseHeaders(choice.headers);
  if (!asked.ok) return asked;
  const headers = asked.value ?? revision.headers;
  if (headers !== revision.headers && choice.kernel !== 'all') {
    const message = `kernel ${revision.id} has headers ${revision.headers}, not ${headers}`;
    return fail('headers-differ', message, { kernel: revision.id, headers });
  }
  const { devicePrivate } = choice;
  const options = devicePrivate === undefined ? {} : { devicePrivate };
  return revisionForm(backend, name, { ...revision, headers }, options);
}

/** The revisions that an option means; code `unknown-revision`. */
export function revisionsOf(kernel: string): Result<readonly Revision[]> {
  if (kernel === 'all') return ok(REVISIONS);
  const found = findRevision(kernel);
  return found.ok ? ok([found.value]) : found;
}

function build(
  backend: ArchBackend,
  name: string,
  { devicePrivate }: FormChoice,
  headers: HeaderGeneration | undefined,
): Result<EntryForm> {
  return backend.form(name, {
    ...(headers === undefined ? {} : { headers }),
    ...(devicePrivate === undefined ? {} : { devicePrivate }),
  });
}

const generationsOf = (backend: ArchBackend, name: string): readonly HeaderGeneration[] =>
  backend.forms.find((form) => form.name === name)?.headers ?? [];

function parseHeaders(text: string | undefined): Result<HeaderGeneration | undefined> {
  const found = HEADER_GENERATIONS.find((generation) => generation === text);
  if (text === undefined || found !== undefined) return ok(found);
  const known = HEADER_GENERATIONS.join(', ');
  const headers = text.slice(0, 40);
  return fail('unknown-headers', `unknown headers "${headers}"; known: ${known}`, { headers });
}

function collect(forms: readonly Result<EntryForm>[]): Result<EntryForm[]> {
  const found: EntryForm[] = [];
  for (const form of forms) {
    if (!form.ok) return form;
    found.push(form.value);
  }
  return ok(found);
}
