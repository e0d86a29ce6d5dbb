import { createHash } from 'node:crypto';
import type { Key } from '../key.js';
import type { Search } from '../search/search.js';

/** What a search is of, in the words in which a checkpoint of another is refused. */
export type SearchIdentity = Readonly<Record<string, string>>;

/** Says what a search is of. Limits are no part of it: a search may go on with others. */
export function identityOf({ stepper, beginning }: Search): SearchIdentity {
  const { bound, world } = stepper;
  const { machine } = world.model;
  const { kernel, form } = machine;
  return {
    bound: `${bound.file.bound} (${digest(JSON.stringify(bound.file))})`,
    form: form.name,
    kernel: `${kernel.revision.id} (${digest(JSON.stringify([[...kernel.changes], kernel.config]))})`,
    symmetry: stepper.isSymmetric ? 'on' : 'off',
    'first state': digest(bytesOf(beginning)),
  };
}

const bytesOf = ({ bytes, length }: Key): Uint8Array => bytes.subarray(0, length);

const digest = (of: string | Uint8Array): string =>
  createHash('sha256').update(of).digest('hex').slice(0, 16);
