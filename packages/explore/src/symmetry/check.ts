import type { Mistake } from '@pagewright/scenario/parts';
import type { BoundFile } from '../format/definition.js';
import { argumentsOf, namesOf } from '../format/expand.js';
import { ownerOf } from '../world/owner.js';

/**
 * The first interchangeable thing that differs from the others by more than its name: exchanging it
 * with another must turn the actions of the file into one another, and leave the conditions as they
 * are.
 */
export function checkInterchangeable(file: BoundFile): Mistake | undefined {
  const { processes = [], pages = [] } = file.interchangeable ?? {};
  return (
    namesMistake(file, 'processes', processes) ??
    namesMistake(file, 'pages', pages) ??
    pagesMistake(file, pages)
  );
}

function namesMistake(
  file: BoundFile,
  field: 'processes' | 'pages',
  names: readonly string[],
): Mistake | undefined {
  const path = ['interchangeable', field];
  const told = namesToldOf(file);
  const one = names.find((name) => told.has(name));
  if (one !== undefined) {
    return { path, message: `a condition, a handler or a file names "${one}" alone` };
  }
  const [first, ...others] = names;
  for (const other of others) {
    const message = exchangeMistake(file, first as string, other);
    if (message !== undefined) return { path, message };
  }
  return undefined;
}

/** Single pages of ordinary memory, which somebody holds: the allocator has no choice among them. */
function pagesMistake({ objects }: BoundFile, pages: readonly string[]): Mistake | undefined {
  for (const [i, name] of pages.entries()) {
    if (objects?.pages?.[name] === 'driver') continue;
    const message = `"${name}" is no single page of kind driver`;
    return { path: ['interchangeable', 'pages', i], message };
  }
  return undefined;
}

/** Names that something other than actions and `before` speaks of. */
function namesToldOf({ objects, always, never, sometimes, ends, actions }: BoundFile): Set<string> {
  const states = [always, never, sometimes, ends, actions.map(({ when }) => when)];
  const text = JSON.stringify([states, objects?.vmas ?? {}, objects?.files ?? {}]);
  const owners = Object.values(objects?.vmas ?? {}).map(({ process }) => process);
  const names = new Set(text.match(/[A-Za-z_][A-Za-z0-9_-]*/g) ?? []);
  // Whose memory a VMA is at first is no difference: states are compared, not files.
  for (const owner of owners) {
    if (owner !== undefined && !JSON.stringify(states).includes(owner)) names.delete(owner);
  }
  return names;
}

function exchangeMistake(file: BoundFile, one: string, other: string): string | undefined {
  const swap = new Map([
    [one, other],
    [other, one],
  ]);
  for (const entry of file.actions) {
    const names = namesOf(entry);
    if (names.includes(one) !== names.includes(other)) {
      return `"${one}" and "${other}" are not: a list of names has one of them alone`;
    }
    for (const [key, values] of argumentsOf(entry)) {
      const texts = new Set(values.map((value) => renamed(file, value, new Map())));
      for (const value of values) {
        const exchanged = renamed(file, value, swap);
        if (texts.has(exchanged)) continue;
        return `"${one}" and "${other}" are not: ${key} may be ${JSON.stringify(value)} and not ${exchanged}`;
      }
    }
  }
  return undefined;
}

/** A value with other names; a VMA without a process is its owner's. */
function renamed(
  { objects }: BoundFile,
  value: unknown,
  names: ReadonlyMap<string, string>,
): string {
  return JSON.stringify(value).replace(
    /"(?:([A-Za-z_][\w-]*):)?([A-Za-z_][\w-]*)(\+\d+)?"/g,
    (_, process: string | undefined, name: string, offset = '') => {
      const whose = process ?? ownerOf(objects, name);
      const head = whose === undefined ? '' : `${names.get(whose) ?? whose}:`;
      return `"${head}${names.get(name) ?? name}${offset}"`;
    },
  );
}
