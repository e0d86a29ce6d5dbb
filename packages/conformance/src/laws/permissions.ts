import type { EntryForm, Level, Permissions } from '@pagewright/core';
import type { Ask } from './ask.js';

/** The hardware permissions of a leaf, as predicates. */
export function permissionsOf(
  form: EntryForm,
  level: Level,
): Record<keyof Permissions, Ask> | undefined {
  const found = form.definition.leaves[level]?.permissions;
  if (found === undefined) return undefined;
  const compiled = (['read', 'write', 'execute', 'user'] as const).map((name) => [
    name,
    form.codec(`permission ${name} ${level}`, found[name]).bits as Ask,
  ]);
  return Object.fromEntries(compiled) as Record<keyof Permissions, Ask>;
}
