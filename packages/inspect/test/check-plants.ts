import {
  decodeEntry,
  type EntryForm,
  isAbsentHelper,
  type MappingLevel,
  tableBytes,
  VM_SHARED,
  VM_WRITE,
  type WalkedEntry,
  walkEntries,
} from '@pagewright/core';
import { structPages } from '@pagewright/dump';
import {
  type AddressSpace,
  AreaReader,
  addressSpace,
  type FindingEvidence,
  type FindingId,
  type Judge,
  type JudgedEntry,
  judgedEntries,
  type Kernel,
  type MappedArea,
  type PageFacts,
  type Task,
  tasks,
} from '../src/index.js';
import type { Overlay } from './check-overlay.js';

/** What must be found, and where. */
export interface Planted {
  readonly id: FindingId;
  readonly evidence: FindingEvidence;
  /** Places of the kind in the one table. */
  readonly count?: number;
}

interface Place {
  readonly area: MappedArea;
  readonly entry: JudgedEntry;
  readonly facts: PageFacts | undefined;
}

/** The process whose memory is damaged, with all that damaging it needs. */
export class Victim {
  readonly form: EntryForm;
  readonly places: readonly Place[] = [];
  readonly tables: readonly WalkedEntry[] = [];
  private readonly wordBytes: 4 | 8;

  constructor(
    readonly kernel: Kernel,
    readonly judge: Judge,
    readonly overlay: Overlay,
    readonly task: Task,
    readonly space: AddressSpace,
    readonly areas: readonly MappedArea[],
  ) {
    const context = judge.context(space);
    if (!context.ok) throw new Error(context.problem.message);
    this.form = context.value.form;
    this.wordBytes = this.form.definition.wordBits === 64 ? 8 : 4;
    const places: Place[] = [];
    const tables: WalkedEntry[] = [];
    for (const area of areas) {
      const walked = judgedEntries(context.value, area);
      for (const entry of walked.ok ? walked.value : []) {
        if (entry.decoded.kind !== 'leaf' && entry.decoded.kind !== 'absent') continue;
        const frame = entry.verdict?.page;
        const facts = frame === undefined ? undefined : judge.pages.facts(frame);
        places.push({ area, entry, facts: facts?.ok ? facts.value : undefined });
      }
      const all = walkEntries(this.form, kernel.virtual.memory, space.root, area, (pointer) => {
        if (!tables.some(({ raw }) => raw === pointer.raw)) tables.push(pointer);
        return true;
      });
      for (const _ of all.ok ? all.value : []) {
        // The walk is made for the pointers that it asks about.
      }
    }
    this.places = places;
    this.tables = tables;
  }

  /** A place that fits, or undefined: not every kernel has every kind. */
  find(fits: (place: Place) => boolean): Place | undefined {
    return this.places.find(fits);
  }
  /** An anonymous page of its own in an ordinary table. */
  anon(also: (place: Place) => boolean = () => true): Place | undefined {
    return this.find(
      (place) =>
        place.entry.level === 'pte' &&
        place.area.ops === null &&
        place.facts?.owner === 'anon' &&
        place.facts.order === 0 &&
        place.facts.mapcount === 1 &&
        also(place),
    );
  }
  /** A frame whose struct page fits. */
  frame(fits: (facts: PageFacts) => boolean): bigint | undefined {
    const { highest } = this.judge.pages;
    for (let frame = highest as bigint; frame > 0n; frame--) {
      const facts = this.judge.pages.facts(frame);
      if (facts.ok && fits(facts.value)) return frame;
    }
    return undefined;
  }

  evidence({ area, entry }: Place): FindingEvidence {
    const { level, table, index, start: addr } = entry;
    return { pid: this.task.pid, vma: area.start, addr, level, table, index };
  }
  /** Writes an entry of the process. */
  set({ table, index }: Pick<WalkedEntry, 'table' | 'index'>, raw: bigint): void {
    const { byteOrder } = this.form.definition;
    const at = table + BigInt(index * this.wordBytes);
    this.overlay.word(at, raw, this.wordBytes, byteOrder);
  }
  /** An entry with another frame. */
  withFrame({ entry }: Place, frame: bigint): bigint {
    const { decoded, raw } = entry;
    if (decoded.kind !== 'leaf') throw new Error('not a leaf');
    return raw ^ ((decoded.pfn ^ frame) << BigInt(this.form.definition.pageShift));
  }
  mark(entry: WalkedEntry, name: 'mkwrite' | 'mkspecial'): bigint | undefined {
    const names = name === 'mkwrite' ? ['mkwrite', 'mkwrite_novma'] : [name];
    for (const each of names) {
      if (isAbsentHelper(this.form.helper(entry.level, each))) continue;
      return this.form.apply(entry.level as MappingLevel, each, entry.raw);
    }
    return undefined;
  }
  is(entry: WalkedEntry, name: string): boolean {
    return (
      !isAbsentHelper(this.form.helper(entry.level, name)) &&
      this.form.is(entry.level, name, entry.raw)
    );
  }

  /** Writes a member of a kernel object at an address. */
  member(address: bigint, path: string, value: bigint, bytes: 4 | 8): void {
    const offset = this.kernel.types.offset(path);
    if (offset === undefined) throw new Error(`no ${path}`);
    const at = this.kernel.virtual.physical((address + BigInt(offset)) as never);
    if (!at.ok) throw new Error(at.problem.message);
    this.overlay.word(at.value, value, bytes, this.kernel.virtual.byteOrder);
  }
  pageMember(frame: bigint, path: string, value: bigint, bytes: 4 | 8): void {
    const pages = structPages(this.kernel.virtual, this.kernel.vmcoreinfo);
    const at = pages.ok ? pages.value.pageAddress(frame) : undefined;
    if (at === undefined) throw new Error(`frame ${frame} has no struct page`);
    this.member(at, path, value, bytes);
  }
}

/** The first process of a name, with its memory as it is now. */
export function victimOf(kernel: Kernel, judge: Judge, overlay: Overlay, comm: string): Victim {
  const list = tasks(kernel);
  const task = list.ok ? list.value.tasks.find((each) => each.comm === comm) : undefined;
  if (task?.mm === undefined) throw new Error(`no process ${comm}`);
  const space = addressSpace(kernel, task.mm);
  if (!space.ok) throw new Error(space.problem.message);
  const areas = new AreaReader(kernel).areas(space.value);
  if (!areas.ok) throw new Error(areas.problem.message);
  return new Victim(kernel, judge, overlay, task, space.value, areas.value.areas);
}

/** Damages memory and says what must be found; undefined where this kernel has no such thing. */
type Plant = (victim: Victim) => Planted | undefined;

const TEXT = 'The quick brown fox jumps over the lazy dog, and on, and on.... ';
const BEYOND = 1n << 40n;

const leafTo =
  (id: FindingId, choose: (victim: Victim) => bigint | undefined): Plant =>
  (victim) => {
    const place = victim.anon();
    const frame = choose(victim);
    if (place === undefined || frame === undefined) return undefined;
    const raw = victim.withFrame(place, frame);
    victim.set(place.entry, raw);
    return { id, evidence: { ...victim.evidence(place), raw, pfn: frame } };
  };

const madeWritable =
  (fits: (place: Place) => boolean): Plant =>
  (victim) => {
    const place = victim.find(
      (each) => each.entry.level === 'pte' && !victim.is(each.entry, 'write') && fits(each),
    );
    const raw = place && victim.mark(place.entry, 'mkwrite');
    if (place === undefined || raw === undefined) return undefined;
    victim.set(place.entry, raw);
    return { id: 'writable-not-allowed', evidence: { ...victim.evidence(place), raw } };
  };

const zeroPlace = (victim: Victim) =>
  victim.find(
    ({ area, entry }) =>
      area.ops === null &&
      entry.level === 'pte' &&
      entry.decoded.kind === 'leaf' &&
      victim.judge.pages.isZero(entry.decoded.pfn),
  );

/** Every kind of damage by name. */
export const PLANTS: Readonly<Record<string, Plant>> = {
  'bit flip in a frame number: beyond memory'(victim) {
    const place = victim.anon();
    if (place === undefined) return undefined;
    const raw = place.entry.raw ^ BEYOND;
    victim.set(place.entry, raw);
    return { id: 'frame-beyond-memory', evidence: { ...victim.evidence(place), raw } };
  },
  'bit flip in a frame number: a page that nobody maps': leafTo(
    'mapcount-below-entries',
    (victim) =>
      victim.frame(
        ({ refcount, mapcount, type, flagNames, order }) =>
          refcount > 0 &&
          mapcount === 0 &&
          type === null &&
          order === 0 &&
          !flagNames.includes('slab') &&
          flagNames.includes('lru'),
      ),
  ),
  'special mark in an ordinary mapping'(victim) {
    const place = victim.anon();
    const raw = place && victim.mark(place.entry, 'mkspecial');
    if (place === undefined || raw === undefined || raw === place.entry.raw) return undefined;
    victim.set(place.entry, raw);
    return { id: 'special-not-allowed', evidence: { ...victim.evidence(place), raw } };
  },
  'text over a table'(victim) {
    const place = victim.anon();
    if (place === undefined) return undefined;
    const { table } = place.entry;
    const bytes = tableBytes(victim.form, victim.form.geometry('pte') as never);
    victim.overlay.write(table, new TextEncoder().encode(TEXT.repeat(bytes / TEXT.length)));
    const word = victim.form.definition.wordBits / 8;
    const evidence = { pid: victim.task.pid, level: 'pte', table, index: 0 } as const;
    return { id: 'entry-is-text', evidence, count: bytes / word };
  },
  'an entry that points to its own table'(victim) {
    const pointer = victim.tables.find(({ level }) => level === 'pmd');
    if (pointer?.decoded.kind !== 'table') return undefined;
    const raw = pointer.raw - pointer.decoded.next + pointer.table;
    if (decodeEntry(victim.form, 'pmd', raw as never).kind !== 'table') return undefined;
    victim.set(pointer, raw);
    const { level, table, index } = pointer;
    return { id: 'table-loop', evidence: { pid: victim.task.pid, level, table, index, raw } };
  },
  'a table beyond memory'(victim) {
    const pointer = victim.tables.find(({ level }) => level === 'pmd');
    if (pointer === undefined) return undefined;
    const raw = pointer.raw ^ BEYOND;
    victim.set(pointer, raw);
    const { level, table, index } = pointer;
    return {
      id: 'table-beyond-memory',
      evidence: { pid: victim.task.pid, level, table, index, raw },
    };
  },
  'two entries that point to one table'(victim) {
    const [first, next] = victim.tables.filter(({ level }) => level === 'pmd');
    if (first === undefined || next === undefined) return undefined;
    victim.set(next, first.raw);
    const { table, index } = next;
    return { id: 'table-twice', evidence: { pid: victim.task.pid, table, index, raw: first.raw } };
  },
  'an entry to a free page': leafTo('maps-free-page', (victim) =>
    victim.frame(({ refcount, type }) => refcount === 0 && (type === null || type === 'buddy')),
  ),
  'an entry to a slab page': leafTo('maps-kernel-page', (victim) =>
    victim.frame(({ type, flagNames }) => type === 'slab' || flagNames.includes('slab')),
  ),
  'an entry to a page table': leafTo(
    'maps-kernel-page',
    (victim) => victim.space.root >> BigInt(victim.form.definition.pageShift),
  ),
  'a lost mapcount'(victim) {
    const place = victim.anon();
    if (place?.facts === undefined) return undefined;
    const { pfn } = place.facts;
    victim.pageMember(pfn, 'page._mapcount.counter', -1n, 4);
    const evidence = { ...victim.evidence(place), pfn, kept: 0n, counted: 1n };
    return { id: 'mapcount-below-entries', evidence };
  },
  'a mapcount too many'(victim) {
    const place = victim.anon(({ facts }) => facts?.refcount === 1);
    if (place?.facts === undefined) return undefined;
    const { pfn } = place.facts;
    victim.pageMember(pfn, 'page._mapcount.counter', 1n, 4);
    const evidence = { ...victim.evidence(place), pfn, kept: 1n, counted: 2n };
    return { id: 'refcount-below-mapcount', evidence };
  },
  'fewer references than mappings'(victim) {
    const place = victim.find(
      ({ entry, facts }) =>
        entry.level === 'pte' &&
        facts !== undefined &&
        facts.order === 0 &&
        facts.mapcount > 1 &&
        !facts.hugetlb,
    );
    if (place?.facts === undefined) return undefined;
    const { pfn, mapcount } = place.facts;
    victim.pageMember(pfn, 'page._refcount.counter', 1n, 4);
    const counted = BigInt(mapcount);
    return {
      id: 'refcount-below-mapcount',
      evidence: { pid: victim.task.pid, pfn, kept: 1n, counted },
    };
  },
  'a page made writable in a read-only mapping': madeWritable(
    ({ area, facts }) => (area.flags & VM_WRITE) === 0n && facts?.owner === 'file',
  ),
  'a page of a file made writable in a private mapping': madeWritable(
    ({ area, facts }) =>
      (area.flags & VM_WRITE) !== 0n && (area.flags & VM_SHARED) === 0n && facts?.owner === 'file',
  ),
  'a mapping longer than its place in the tree'(victim) {
    const { areas } = victim;
    const area = areas.find(({ end }, i) => {
      const next = areas[i + 1];
      return next !== undefined && next.start > end;
    });
    if (area === undefined) return undefined;
    const { wordBytes } = victim.kernel.virtual;
    const end = area.end + BigInt(1 << victim.form.definition.pageShift);
    victim.member(area.address, 'vm_area_struct.vm_end', end, wordBytes);
    return { id: 'mapping-order', evidence: { pid: victim.task.pid, vma: area.start } };
  },
  'the zeropage made writable'(victim) {
    const place = zeroPlace(victim);
    const raw = place && victim.mark(place.entry, 'mkwrite');
    if (place === undefined || raw === undefined) return undefined;
    victim.set(place.entry, raw);
    return { id: 'zero-page-writable', evidence: { ...victim.evidence(place), raw } };
  },
  'the zeropage without its mark'(victim) {
    const place = zeroPlace(victim);
    const donor = victim.anon(({ entry }) => !victim.is(entry, 'write'));
    if (place?.entry.decoded.kind !== 'leaf' || donor === undefined) return undefined;
    const bare = victim.mark({ ...donor.entry }, 'mkspecial');
    if (bare === undefined || bare === donor.entry.raw) return undefined;
    const raw = victim.withFrame(donor, place.entry.decoded.pfn);
    victim.set(place.entry, raw);
    return { id: 'zero-page-not-special', evidence: { ...victim.evidence(place), raw } };
  },
  'a counter of resident pages off by one'(victim) {
    const { kernel, space } = victim;
    const index = kernel.types.enumerator('MM_ANONPAGES');
    const paths = [
      `mm_struct.rss_stat[${index}].count`,
      `mm_struct.rss_stat.count[${index}].counter`,
    ];
    const path = paths.find((each) => kernel.types.has(each));
    if (path === undefined) return undefined;
    const [, member = ''] = /^mm_struct\.(.*)$/.exec(path) ?? [];
    const view = kernel.types.view(kernel.virtual, space.address, 'mm_struct');
    const before = view.ok ? view.value.int(member) : view;
    if (!before.ok) throw new Error(before.problem.message);
    victim.member(space.address, path, before.value + 1n, 8);
    return {
      id: 'rss-count',
      evidence: { pid: victim.task.pid, counter: 'MM_ANONPAGES' },
    };
  },
  'a table too many counted'(victim) {
    const { space } = victim;
    if (space.tableBytes === undefined) return undefined;
    const kept = space.tableBytes + 4096n;
    victim.member(space.address, 'mm_struct.pgtables_bytes.counter', kept, 8);
    const evidence = { pid: victim.task.pid, counter: 'pgtables_bytes', kept };
    return { id: 'table-count', evidence: { ...evidence, counted: space.tableBytes } };
  },
  'a mapping too many counted'(victim) {
    const { space, areas } = victim;
    victim.member(space.address, 'mm_struct.map_count', BigInt(areas.length + 1), 4);
    const [kept, counted] = [BigInt(areas.length + 1), BigInt(areas.length)];
    return { id: 'mapping-count', evidence: { pid: victim.task.pid, kept, counted } };
  },
  'two mappings in wrong order'(victim) {
    const [first, next] = victim.areas.slice(3);
    if (first === undefined || next === undefined) return undefined;
    for (const [area, { start, end }] of [
      [first, next],
      [next, first],
    ] as const) {
      victim.member(area.address, 'vm_area_struct.vm_start', start, 8);
      victim.member(area.address, 'vm_area_struct.vm_end', end, 8);
    }
    return { id: 'mapping-order', evidence: { pid: victim.task.pid, vma: first.start } };
  },
  'an exclusive page mapped twice'(victim) {
    const exclusive = victim.judge.pages.layout.flagBit('anon_exclusive');
    const isMarked = ({ facts }: Place) =>
      exclusive !== undefined && ((facts?.flags ?? 0n) >> BigInt(exclusive)) % 2n === 1n;
    const first = victim.anon(isMarked);
    const next = victim.anon((place) => isMarked(place) && place !== first);
    if (first?.facts === undefined || next === undefined) return undefined;
    victim.set(next.entry, first.entry.raw);
    const { pfn } = first.facts;
    return { id: 'anon-exclusive-shared', evidence: { pid: victim.task.pid, pfn, counted: 2n } };
  },
  'a writable page that is not exclusive'(victim) {
    const bit = victim.judge.pages.layout.flagBit('anon_exclusive');
    const place = victim.anon(({ entry }) => victim.is(entry, 'write'));
    if (place?.facts === undefined || bit === undefined) return undefined;
    const { pfn, flags } = place.facts;
    victim.pageMember(pfn, 'page.flags', flags & ~(1n << BigInt(bit)), 8);
    return { id: 'anon-writable-shared', evidence: { ...victim.evidence(place), pfn } };
  },
  'an entry where nothing is mapped'(victim) {
    const place = victim.anon(({ entry }) => {
      const size = entry.size;
      const free = entry.index < 255 && entry.start + size;
      return free !== false && !victim.areas.some(({ start, end }) => start <= free && free < end);
    });
    if (place === undefined) return undefined;
    const { table, index, start, size, raw, level } = place.entry;
    victim.set({ table, index: index + 1 }, raw);
    const evidence = { pid: victim.task.pid, addr: start + size, level, table, index: index + 1 };
    return { id: 'entry-outside-mapping', evidence };
  },
  'an address of the kernel over an entry'(victim) {
    const { form, runs } = victim.kernel.virtual.layout;
    if (!runs.some(({ start }) => start >> BigInt(form.definition.wordBits - 1) === 1n)) {
      return undefined;
    }
    const place = victim.anon();
    if (place === undefined) return undefined;
    const raw = victim.space.address;
    victim.set(place.entry, raw);
    const { pid } = victim.task;
    const { table, index, start: addr } = place.entry;
    return { id: 'entry-is-pointer', evidence: { pid, addr, table, index, raw } };
  },
};
