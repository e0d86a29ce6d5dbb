/**
 * The machine of the recorded decisions, and what stands on it for one row: an address space with
 * one VMA, one page that the row is about (`subject`), one other page, the zeropages.
 *
 * Made once a row; `keep()` notes the state from which combinations start, `restore()` goes back to
 * it. Setters (`setFlags`, `setEntry`, ...) change the present state. `before` is the kept state:
 * what `render.ts` compares with.
 */
import type { ConfigChoice, MappingLevel, Revision } from '@pagewright/core';
import { changesOf, makeKernel } from '@pagewright/core';
import { type FileKindName, fileKindNumber } from '../files/file-kinds.js';
import { type Entry, NONE, type Prot } from '../machine/entries.js';
import { Machine } from '../machine/machine.js';
import type { Pageblock, Zone } from '../machine/memory-map.js';
import { Model } from '../model.js';
import { Global, Mapping, Pgmap, Vma } from '../state/columns.js';
import type { State } from '../state/state.js';
import { type SlotAt, setEntry, slotMade } from '../tables/tables.js';
import { newMm, newVma } from '../vma/address-space.js';
import { makeHugeZero } from './page-kinds.js';
import type { Inputs } from './row.js';
import {
  LEAF_PAGES,
  type SyntheticOptions,
  syntheticForm,
  syntheticMask,
} from './synthetic-form.js';
import { OPS_KINDS, type OpsKind, READABLE } from './vma-kinds.js';

/** Build options of a row that its `cfg` does not name, or that the comparer knows better. */
export interface WorldOptions {
  readonly config?: ConfigChoice;
  /** Huge mappings of files need a page table deposited. */
  readonly pgtableDeposit?: boolean;
  /** Where the zeropage and the page asked about lie. */
  readonly zone?: Zone;
  readonly pageblock?: Pageblock;
}

/** First page of the VMA, aligned to what a PUD maps; pages of the VMA; the page asked about. */
const VMA_START = 2 * LEAF_PAGES.pud;
const VMA_PAGES = 2 * LEAF_PAGES.pud;

const SUBJECT_PFN = 0x400;
const OTHER_PFN = 0x800;
const NO_MEMMAP_PFN = 0xc00;
const TABLES_PFN = 0x1000;
/** Beyond highest_memmap_pfn. */
const BEYOND_PFN = 0x20000;

/** Tables: a root and two of each level below. */
const TABLES = 8;

const machines = new Map<string, Machine>();

/** Levels that have the special bit. */
type SpecialLevels = SyntheticOptions['special'];

function machineOf(revision: Revision, special: SpecialLevels, options: WorldOptions): Machine {
  const key = JSON.stringify([revision.id, special, options]);
  const known = machines.get(key);
  if (known !== undefined) return known;
  const made = newMachine(revision, special, options);
  machines.set(key, made);
  return made;
}

/** `pte_special`, `pmd_special`, `pmd_pud_special` of a row's cfg; marks that it does not name exist. */
function specialOf(inputs: Inputs): SpecialLevels {
  const marked = (name: string): boolean => !inputs.has(name) || inputs.is(name);
  const both = marked('cfg.pmd_pud_special');
  return { pte: marked('cfg.pte_special'), pmd: both && marked('cfg.pmd_special'), pud: both };
}

function newMachine(
  revision: Revision,
  special: SpecialLevels,
  { config = {}, pgtableDeposit = false, zone, pageblock }: WorldOptions,
): Machine {
  const changes = changesOf(revision);
  if (!changes.ok) throw new Error(changes.problem.message);
  const ids = new Set<string>(changes.value.map(({ id }) => id));
  const hugeSpecial = ids.has('huge-pfnmap');
  const form = syntheticForm({
    headers: revision.headers,
    special: { ...special, pmd: special.pmd && hugeSpecial, pud: special.pud && hugeSpecial },
    devmap: !ids.has('devmap-bit-removed'),
    pgtableDeposit,
    oneDeviceExclusive: ids.has('one-device-exclusive-type'),
    guardMarkers: ids.has('guard-markers'),
  });
  const kernel = makeKernel({
    revision,
    form: form.definition,
    config: { DEBUG_VM: true, '64BIT': true, ...config },
  });
  if (!kernel.ok) throw new Error(kernel.problem.message);
  const own = { purpose: 'own' } as const;
  const placed = {
    ...own,
    ...(zone === undefined ? {} : { zone }),
    ...(pageblock === undefined ? {} : { pageblock }),
  };
  return new Machine({
    form,
    kernel: kernel.value,
    memory: [
      { ...placed, name: 'zeropage', firstPfn: 0x100, frames: 1 },
      { ...own, name: 'huge-zero', firstPfn: 0x200, frames: LEAF_PAGES.pmd },
      { ...placed, name: 'subject', firstPfn: SUBJECT_PFN, frames: LEAF_PAGES.pud },
      { ...own, name: 'other', firstPfn: OTHER_PFN, frames: LEAF_PAGES.pud },
      {
        ...own,
        name: 'above-highest',
        firstPfn: 0x10000,
        frames: LEAF_PAGES.pud,
        aboveHighest: true,
      },
      { ...own, name: 'tables', firstPfn: TABLES_PFN, frames: TABLES },
    ],
    vmOps: OPS_KINDS,
    capacities: {
      mm: 2,
      vma: 4,
      anonVma: 4,
      avc: 8,
      mapping: 4,
      cacheSlot: 1,
      swapSlot: 4,
      reference: 2,
      pgmap: 2,
      table: TABLES,
      waiter: 0,
      inFlight: 0,
      kept: 0,
    },
  });
}

/** What a row is run on. */
export class World {
  readonly model: Model;
  readonly mm: number;
  readonly vma: number;
  /** Address that the row asks about, as page number. */
  readonly vpn: number;
  /** First frame of the page that the row is about, and of another one. */
  readonly subject: number;
  readonly other: number;
  /** The state from which each combination starts. */
  before: State;

  /** The level at which the row's entry lies. */
  constructor(
    machine: Machine,
    readonly level: MappingLevel,
  ) {
    const model = new Model(machine);
    this.model = model;
    this.subject = machine.memory.framesOf('subject')[0] as number;
    this.other = machine.memory.framesOf('other')[0] as number;
    this.mm = newMm(model);
    const end = VMA_START + VMA_PAGES;
    this.vma = newVma(model, this.mm, { start: VMA_START, end, flags: READABLE, ops: 0 });
    this.vpn = VMA_START + LEAF_PAGES[level];
    makeHugeZero(this);
    this.before = model.state;
  }

  /** Notes the present state as the one from which combinations start. */
  keep(): void {
    this.before = this.model.state;
    this.restore();
  }

  /** Back to the kept state. */
  restore(): void {
    const { model, before } = this;
    if (model.state === before) model.state = before.copy();
    else model.state.revert(before);
  }

  /** Slot of the row's entry, with the tables above it. */
  get slot(): SlotAt {
    return slotMade(this.model, this.mm, this.vpn, this.level);
  }

  /** Puts an entry where the row asks. */
  setEntry(entry: Entry): void {
    setEntry(this.model, this.slot, entry);
  }

  /** An entry with one bit of the synthetic form more. */
  marked(entry: Entry, bit: string): Entry {
    const space = this.model.machine.space(this.level);
    return space.of(space.word(entry) | syntheticMask(bit));
  }

  /** Sets the VMA's flags, READABLE aside, and leaves vm_page_prot. */
  setFlags(flags: bigint): void {
    const { machine, state } = this.model;
    state.set(Vma.flags, this.vma, machine.flagSets.of(READABLE | flags));
  }

  /** Gives the VMA a protection that allows reading, or writing too; answers it. */
  setProt(writable: boolean): Prot {
    const prot = this.prot(writable);
    this.model.state.set(Vma.pageProt, this.vma, prot);
    return prot;
  }

  /** A protection that allows reading, or writing too. */
  prot(writable: boolean): Prot {
    const bits = writable ? syntheticMask('PRESENT', 'WRITE') : syntheticMask('PRESENT');
    return this.model.machine.prots.id(bits);
  }

  /** Gives the VMA a file of a kind, or none. */
  setFile(kind: FileKindName | undefined): void {
    const { state } = this.model;
    const mapping = kind === undefined ? -1 : state.take('mapping', Mapping.used);
    if (kind !== undefined) state.set(Mapping.kind, mapping, fileKindNumber(kind));
    state.setRef(Vma.mapping, this.vma, mapping);
  }

  /** Gives the VMA vm_ops of a kind, or none. */
  setOps(kind: OpsKind): void {
    const number = OPS_KINDS.findIndex(({ name }) => name === kind);
    this.model.state.setRef(Vma.ops, this.vma, number);
  }

  /** A live dev_pagemap of a type. */
  pgmapOf(type: number): number {
    const { state } = this.model;
    const pgmap = state.take('pgmap', Pgmap.used);
    state.set(Pgmap.type, pgmap, type);
    return pgmap;
  }

  /**
   * The way to the leaf table is cut and no new table can be had, while the entry stays where it is:
   * what a failing pte_alloc_map_lock() looks like.
   */
  cutOff(): void {
    const { state } = this.model;
    const above = this.level === 'pte' ? 'pmd' : 'pud';
    setEntry(this.model, slotMade(this.model, this.mm, this.vpn, above), NONE);
    state.set(Global.tablesRunOut, 0, 1);
  }

  /** A pfn without struct page, below highest_memmap_pfn or above it; PUD aligned. */
  pfnWithout(kind: 'no_memmap' | 'beyond'): number {
    return kind === 'no_memmap' ? NO_MEMMAP_PFN : BEYOND_PFN;
  }
}

/** The world of a row, by the build options that its `cfg` names. */
export const worldOf = (
  revision: Revision,
  inputs: Inputs,
  level: MappingLevel = 'pte',
  options: WorldOptions = {},
): World => worldWith(revision, specialOf(inputs), level, options);

/** A world whose special bits are known otherwise. */
export const worldWith = (
  revision: Revision,
  special: SpecialLevels,
  level: MappingLevel,
  options: WorldOptions = {},
): World => new World(machineOf(revision, special, options), level);
