import {
  type Bits,
  type EntryForm,
  fail,
  hex,
  isAbsentHelper,
  ok,
  type PhysAddr,
  type PhysicalMemory,
  type Result,
  readEntry,
  rootLevel,
  tableLevels,
} from '@pagewright/core';
import type { Kernel } from './kernel.js';

/**
 * The form of a process by its root table. Where entries say to which level they belong, each
 * process may have as many levels as it needs: it is the form with most levels whose root does not
 * say of its first entry that it belongs further down. Elsewhere all have the kernel's own form.
 * Codes: `no-form`, those of reading the root.
 *
 * @param formOf a form of the architecture as the kernel has it
 */
export function formOfRoot(
  { architecture, form, virtual }: Kernel,
  root: PhysAddr,
  formOf: (name: string) => Result<EntryForm>,
): Result<EntryForm> {
  if (foldedHelper(form) === undefined) return formOf(form.name);
  const candidates = architecture.backend.forms
    .filter(({ headers }) => headers.includes(form.headers))
    .map(({ name }) => formOf(name));
  const byLevels = candidates
    .flatMap((made) => (made.ok ? [made.value] : []))
    .sort((a, b) => tableLevels(b).length - tableLevels(a).length);
  for (const candidate of byLevels) {
    const first = firstEntry(candidate, virtual.memory, root);
    if (!first.ok) return first;
    if (foldedHelper(candidate)?.(first.value) !== true) return ok(candidate);
  }
  return fail('no-form', `the root table at ${hex(root)} fits no form`, { root });
}

const firstEntry = (form: EntryForm, memory: PhysicalMemory, root: PhysAddr): Result<Bits> =>
  readEntry(form, memory, rootLevel(form), root, 0);

/** pgd_folded() and its like for the root's entries; undefined where there is none. */
function foldedHelper(form: EntryForm): ((raw: Bits) => boolean) | undefined {
  const { level } = rootLevel(form);
  const helper = form.helper(level, 'folded');
  return isAbsentHelper(helper) ? undefined : (raw) => helper.bits(raw) === true;
}
