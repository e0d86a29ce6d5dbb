import {
  changesOf,
  fail,
  findChange,
  knownRevisions,
  ok,
  REVISIONS,
  type Result,
  type Revision,
} from '@pagewright/core';

/** Ids of a revision and of all that it is built on, newest first. */
function lineOf(revision: Revision): readonly string[] {
  const line: string[] = [];
  for (let id: string | null = revision.id; id !== null; ) {
    line.push(id);
    id = REVISIONS.find((each) => each.id === id)?.basedOn ?? null;
  }
  return line;
}

const descendsFrom = (revision: Revision, base: string): boolean => lineOf(revision).includes(base);

/**
 * The revisions that a selector means, oldest first: `v6.9`; `v6.12..` and what is built on it;
 * `..v6.9` and what it is built on; `v6.12..v6.18` the line between; `all`; several with commas;
 * `v6.1~anon-vma-counters` a kernel less a change, `v6.9+zeropage-support` one with another;
 * `with zeropage-support` those that have a change, `without` it the others. Codes:
 * `unknown-revision`, `unknown-change`, those of `changesOf` for a change that cannot come or go,
 * `no-kernels` when a range holds none.
 */
export function selectKernels(selector: string): Result<readonly Revision[]> {
  const chosen = new Set<Revision>();
  for (const part of selector.split(',')) {
    const found = selectPart(part.trim());
    if (!found.ok) return found;
    for (const revision of found.value) chosen.add(revision);
  }
  const others = [...chosen].filter((revision) => !REVISIONS.includes(revision));
  return ok([...REVISIONS.filter((revision) => chosen.has(revision)), ...others]);
}

/** `v6.1~a~b+c`: a kernel that lacks what its revision has, or has what it lacks. */
function altered(part: string): Result<readonly Revision[]> {
  const [id = '', ...marked] = part.split(/(?=[~+])/);
  const base = REVISIONS.find((each) => each.id === id);
  if (base === undefined) return unknown(id);
  const those = (mark: string): string[] =>
    marked.filter((each) => each.startsWith(mark)).map((each) => each.slice(1));
  const own = { undoes: those('~'), changes: those('+') };
  const revision: Revision = { ...base, id: part, basedOn: id, ...own };
  const changes = changesOf(revision);
  return changes.ok ? ok([revision]) : changes;
}

/** The revision that a kernel is, or is but for changes that it lacks or has. */
export const baseOf = ({ id }: Revision): string => id.split(/[~+]/, 1)[0] ?? id;

/** The change that a part asks for, and whether it is wanted; undefined for names of kernels. */
export function askedChange(part: string): { id: string; wanted: boolean } | undefined {
  const [, word, id = ''] = /^(with|without) +(\S+)$/.exec(part) ?? [];
  return word === undefined ? undefined : { id, wanted: word === 'with' };
}

function contains(revision: Revision, id: string): boolean {
  const changes = changesOf(revision);
  return changes.ok && changes.value.some((change) => change.id === id);
}

function selectPart(part: string): Result<readonly Revision[]> {
  if (part === 'all') return ok(REVISIONS);
  const asked = askedChange(part);
  if (asked !== undefined) {
    if (findChange(asked.id) === undefined) {
      return fail('unknown-change', `unknown change "${asked.id.slice(0, 40)}"`);
    }
    return ok(REVISIONS.filter((revision) => contains(revision, asked.id) === asked.wanted));
  }
  if (/[~+]/.test(part)) return altered(part);
  const [from = '', to = from] = part.split('..', 2);
  for (const id of [from, to]) {
    if (id !== '' && !REVISIONS.some((revision) => revision.id === id)) return unknown(id);
  }
  const last = REVISIONS.find(({ id }) => id === to);
  if (!part.includes('..')) return last === undefined ? unknown(part) : ok([last]);
  const found = REVISIONS.filter(
    (revision) =>
      (from === '' || descendsFrom(revision, from)) &&
      (last === undefined || descendsFrom(last, revision.id)),
  );
  return found.length > 0
    ? ok(found)
    : fail('no-kernels', `no kernel lies between the ends of "${part.slice(0, 60)}"`);
}

function unknown(id: string): Result<never> {
  return fail(
    'unknown-revision',
    `unknown kernel "${id.slice(0, 40)}"; known: ${knownRevisions()}`,
  );
}
