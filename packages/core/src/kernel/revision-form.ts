import type { ArchBackend, FormOptions } from '../form/backend.js';
import type { EntryForm } from '../form/form.js';
import { swapTypes } from '../form/swap-types.js';
import { ok, type Result } from '../outcome.js';
import { changesOf } from './change-set.js';
import type { ChangeId } from './changes.js';
import type { Revision } from './revisions.js';

/** Changes that move something in the entries of a form inside a generation of headers. */
export const FORM_CHANGES = [
  'devmap-bit-removed',
  'one-device-exclusive-type',
  'guard-markers',
] as const satisfies readonly ChangeId[];

/**
 * The form as a revision's kernel has it: its generation of headers, and inside the generation what
 * moved earlier than the headers that name it: the devmap bit goes, the device-exclusive pair of
 * swap types becomes one, guard markers come (DESIGN 2, Header generations). Codes: those of the
 * backend, and of `changesOf` for an impossible set.
 */
export function revisionForm(
  backend: ArchBackend,
  name: string,
  revision: Revision,
  options: Pick<FormOptions, 'devicePrivate'> = {},
): Result<EntryForm> {
  const changes = changesOf(revision);
  if (!changes.ok) return changes;
  const has = (id: (typeof FORM_CHANGES)[number]): boolean =>
    changes.value.some((change) => change.id === id);
  const { headers } = revision;
  const devmap = has('devmap-bit-removed') ? { devmap: false } : {};
  const form = backend.form(name, { ...options, ...devmap, headers });
  if (!form.ok) return form;
  const { swap } = form.value.definition;
  const oneDeviceExclusive = has('one-device-exclusive-type');
  const guardMarkers = has('guard-markers');
  if (!oneDeviceExclusive && !guardMarkers) return form;
  const config = { ...swap.types.config, oneDeviceExclusive, guardMarkers };
  return ok(form.value.with({ swap: { ...swap, types: swapTypes(headers, config) } }));
}
