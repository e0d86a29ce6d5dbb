import {
  type DecodedEntry,
  type EntryForm,
  fail,
  hex,
  type Level,
  ok,
  type Problem,
  type Result,
  ranges,
  type Span,
  type VirtAddr,
  type WalkedEntry,
  type WalkRange,
  walkEntries,
} from '@pagewright/core';
import type { KernelImage } from '../kernel.js';
import { ELSEWHERE, type RegionNames, regionNames, regionsOf } from './regions.js';
import {
  bothRights,
  isWritableExecutable,
  type Rights,
  RightsReader,
  rightsText,
} from './rights.js';

/** A slot of the kernel's own tables. */
export interface KernelEntry extends WalkedEntry {
  /** Bytes that the slot maps. */
  readonly size: bigint;
  readonly region: string;
  /** What the kernel may do there, by the entry and all pointers above it; nothing where no leaf is. */
  readonly rights?: Rights;
  /** Why a leaf that is writable and executable is no mistake. */
  readonly excuse?: string;
  /** Of a pointer to a table that was walked before with the same rights: where that begins. */
  readonly sameAs?: VirtAddr;
}

/** What makes neighbours one range. */
export interface KernelRangeKey
  extends Pick<KernelEntry, 'region' | 'rights' | 'excuse' | 'sameAs'> {
  readonly kind: DecodedEntry['kind'];
  readonly level: Level;
  readonly problem?: Problem;
}

/**
 * Addresses that a kernel's own tables translate: the upper half where addresses are sign-extended
 * or each half has a root, everything where the kernel has an address space of its own.
 */
export function kernelSpan({ definition }: EntryForm): Span {
  const { addressBits, canonical } = definition;
  if (canonical === 'unsigned') return { start: 0n, end: 1n << BigInt(addressBits) };
  const used = canonical === 'either-half' ? addressBits : addressBits - 1;
  return { start: (1n << 64n) - (1n << BigInt(used)), end: 1n << 64n };
}

/**
 * Slots of the kernel's own tables in address order, without the empty ones. A table that is reached
 * again with the same rights (shadow memory, espfix stacks) is one entry that says so. Codes:
 * `no-kernel-space` for an architecture that does not know its own, and those of `walkEntries`.
 */
export function kernelEntries(kernel: KernelImage): Result<Iterable<KernelEntry>> {
  const { kernelSpace, backend } = kernel.architecture;
  const { memory, layout } = kernel.virtual;
  if (kernelSpace === undefined) {
    return fail('no-kernel-space', `the address space of ${backend.arch} kernels is not known`);
  }
  const { root } = layout;
  const form = kernelSpace.tablesForm?.(layout.form) ?? layout.form;
  const excuses = regionNames(kernelSpace.knownWritableExecutable ?? []);
  const reader = new RightsReader(form, kernelSpace);
  const names = regionsOf(kernel);
  const iterate = (): Iterator<KernelEntry> => {
    const above = new Inherited(form, reader);
    const walked = walkEntries(form, memory, root, kernelSpan(form), (to) => above.enters(to));
    // It was walked below with the same arguments, and so far only the root was read.
    if (!walked.ok) throw new Error(walked.problem.message);
    return described(form, walked.value, above, reader, { names, excuses });
  };
  const begun = walkEntries(form, memory, root, kernelSpan(form));
  return begun.ok ? ok({ [Symbol.iterator]: iterate }) : begun;
}

function* described(
  form: EntryForm,
  entries: Iterable<WalkedEntry>,
  above: Inherited,
  reader: RightsReader,
  { names, excuses }: { readonly names: RegionNames; readonly excuses: RegionNames },
): Generator<KernelEntry> {
  for (const entry of entries) {
    const { decoded, level, raw, start } = entry;
    if (decoded.kind === 'none') continue;
    const size = 1n << BigInt(form.geometry(level)?.shift ?? 0);
    const part = { ...entry, size, region: names.at(start) };
    if (decoded.kind === 'leaf') {
      const rights = bothRights(above.at(level), reader.of('leaf', level, raw));
      const excuse = isWritableExecutable({ rights }) ? excuses.at(start) : ELSEWHERE;
      yield { ...part, rights, ...(excuse === ELSEWHERE ? {} : { excuse }) };
    } else if (decoded.kind === 'table') {
      const rights = bothRights(above.at(level), reader.of('table', level, raw));
      const sameAs = above.first(entry, rights);
      yield { ...part, rights, ...(sameAs === undefined ? {} : { sameAs }) };
    } else yield part;
  }
}

/** What the pointers above an entry let through, and which tables were seen with what. */
class Inherited {
  private readonly byLevel = new Map<Level, Rights>();
  private readonly seen = new Map<string, VirtAddr>();

  constructor(
    private readonly form: EntryForm,
    private readonly reader: RightsReader,
  ) {}

  /** For entries in the table of a level that the walk is in; all rights for the root. */
  at(level: Level): Rights {
    return this.byLevel.get(level) ?? { read: true, write: true, execute: true };
  }

  /** Keeps the rights that a pointer gives to the table below; false where that was seen so. */
  enters(pointer: WalkedEntry): boolean {
    const { level, raw, start } = pointer;
    const rights = bothRights(this.at(level), this.reader.of('table', level, raw));
    const key = keyOf(pointer, rights);
    if (this.seen.has(key)) return false;
    this.seen.set(key, start);
    const tables = this.form.levels.filter(({ folded }) => !folded);
    const below = tables[tables.findIndex((geometry) => geometry.level === level) + 1];
    if (below !== undefined) this.byLevel.set(below.level, rights);
    return true;
  }

  /** Where the walk met a table first with the same rights. */
  first(pointer: WalkedEntry, rights: Rights): VirtAddr | undefined {
    return this.seen.get(keyOf(pointer, rights));
  }
}

function keyOf({ decoded, level }: WalkedEntry, rights: Rights): string {
  const next = decoded.kind === 'table' ? hex(decoded.next) : '';
  return `${level} ${next} ${rightsText(rights)}`;
}

/** Joins entries of one region, level and kind with equal rights, one range at a time in memory. */
export const kernelRanges = (
  entries: Iterable<KernelEntry>,
): Generator<WalkRange<KernelRangeKey>> =>
  ranges(entries, (part) => rangeKey(part as KernelEntry), sameKey);

function rangeKey(entry: KernelEntry): KernelRangeKey {
  const { decoded, level, region, rights, excuse, sameAs, problem } = entry;
  return {
    kind: decoded.kind,
    level,
    region,
    ...(rights === undefined ? {} : { rights }),
    ...(excuse === undefined ? {} : { excuse }),
    ...(sameAs === undefined ? {} : { sameAs }),
    ...(problem === undefined ? {} : { problem }),
  };
}

function sameKey(a: KernelRangeKey, b: KernelRangeKey): boolean {
  if (a.problem !== undefined || b.problem !== undefined) return false;
  const text = ({ rights }: KernelRangeKey) => (rights === undefined ? '' : rightsText(rights));
  return (
    a.kind === b.kind &&
    a.level === b.level &&
    a.region === b.region &&
    a.excuse === b.excuse &&
    a.sameAs === b.sameAs &&
    text(a) === text(b)
  );
}
