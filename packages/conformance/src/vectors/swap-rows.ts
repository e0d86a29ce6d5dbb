import {
  type AbsentKind,
  absentFacts,
  type Bits,
  type EntryForm,
  genericSwapEntry,
  hasPfn,
  holdsSwapValue,
  type Level,
  migrationAgeBit,
  type SwapValue,
  swapValue,
} from '@pagewright/core';
import { compare, leaveOut, own, type RowContext } from './row.js';

/** Kinds in the order of enum softleaf_type; the pair of device-exclusive types ended before it. */
const SOFTLEAF_TYPES: readonly (AbsentKind | 'none')[] = [
  'none',
  'swap',
  'migration-read',
  'migration-read-exclusive',
  'migration-write',
  'device-private-read',
  'device-private-write',
  'device-exclusive',
  'hwpoison',
  'marker',
];

type Answer = (swap: {
  form: EntryForm;
  value: SwapValue;
  what: AbsentKind | 'none';
  markers: readonly string[];
}) => bigint | boolean | number;

const kind =
  (...kinds: AbsentKind[]): Answer =>
  ({ what }) =>
    (kinds as readonly string[]).includes(what);
const marker =
  (name: string): Answer =>
  ({ markers }) =>
    markers.includes(name);
const age =
  (which: 'young' | 'dirty'): Answer =>
  ({ form, value }) =>
    (value.offset & (migrationAgeBit(form, which) ?? 0n)) !== 0n;

/** Every member of `swp`: what the kernel asks of a swp_entry_t (swapops.h) or softleaf (leafops.h). */
const ANSWERS: Readonly<Record<string, Answer>> = {
  type: ({ value }) => value.type,
  offset: ({ value }) => value.offset,
  is_migration_entry: kind('migration-read', 'migration-read-exclusive', 'migration-write'),
  is_writable_migration_entry: kind('migration-write'),
  is_readable_migration_entry: kind('migration-read'),
  is_readable_exclusive_migration_entry: kind('migration-read-exclusive'),
  is_migration_entry_young: age('young'),
  is_migration_entry_dirty: age('dirty'),
  is_hwpoison_entry: kind('hwpoison'),
  is_device_private_entry: kind('device-private-read', 'device-private-write'),
  is_writable_device_private_entry: kind('device-private-write'),
  is_device_exclusive_entry: kind(
    'device-exclusive',
    'device-exclusive-read',
    'device-exclusive-write',
  ),
  is_writable_device_exclusive_entry: kind('device-exclusive-write'),
  is_pte_marker_entry: kind('marker'),
  is_pfn_swap_entry: ({ what }) => what !== 'none' && hasPfn(what),
  is_poisoned_swp_entry: marker('PTE_MARKER_POISONED'),
  is_guard_swp_entry: marker('PTE_MARKER_GUARD'),
  is_uffd_wp_marker_entry: marker('PTE_MARKER_UFFD_WP'),
  is_non_swap_entry: ({ what }) => what !== 'swap',
  softleaf_type: ({ what }) => SOFTLEAF_TYPES.indexOf(what),
  offset_pfn: ({ form, value }) =>
    value.offset & ((1n << BigInt(form.definition.swap.pfnBits)) - 1n),
  marker: ({ form, value }) => value.offset & BigInt(form.definition.swap.types.markerMask),
};

/** Compares the `swp` member of a row. */
export function compareSwap(row: RowContext, level: Level, entry: Bits, expected: unknown): void {
  const { form } = row;
  if (typeof expected !== 'object' || expected === null) {
    leaveOut(row, `${level}.swp`, 'not an object of answers');
    return;
  }
  const members = Object.entries(expected);
  if (!holdsSwapValue(form, level)) {
    leaveOut(row, `${level}.swp`, 'the form reads no swap entry at this level', members.length);
    return;
  }
  const value = swapValue(form, level, entry);
  const facts = absentFacts(form, value);
  const empty = form.headers === '7.2' && genericSwapEntry(form, value) === 0n;
  const what = empty ? 'none' : facts.what;
  for (const [key, want] of members) {
    const ask = own(ANSWERS, key);
    if (ask === undefined) leaveOut(row, `${level}.swp.${key}`, 'not a question that is known');
    else {
      const got = ask({ form, value, what, markers: facts.markers ?? [] });
      compare(row, `${level}.swp.${key}`, want, got);
    }
  }
}
