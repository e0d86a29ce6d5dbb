import type { EntryForm, Kernel, Level, MappingLevel } from '@pagewright/core';
import type { Capacities } from '../state/state.js';
import { Layout } from '../state/state.js';
import type { VmOps } from '../vm-ops.js';
import { emptyWord } from './empty-word.js';
import { EntrySpace } from './entries.js';
import { MemoryMap, type MemoryRange } from './memory-map.js';
import { VmFlagSets } from './vm-flags.js';
import { WordIds } from './word-ids.js';

/** What to make a machine of. */
export interface MachineOptions {
  readonly form: EntryForm;
  readonly kernel: Kernel;
  /**
   * Where memory lies, with ranges of these names: `zeropage`, `huge-zero` (the frames of that
   * folio, empty without huge pages), `tables` (a frame a table).
   */
  readonly memory: readonly MemoryRange[];
  readonly vmOps: readonly VmOps[];
  readonly capacities: Omit<Capacities, 'global' | 'frame' | 'slot'>;
}

/** A level that has tables, from the leaves up. */
export interface TableLevel {
  readonly level: Level;
  /** log2 of the pages that an entry maps. */
  readonly pageShift: number;
  /** Pages that an entry maps. */
  readonly pages: number;
  readonly entries: number;
  /** 1/pages, a power of two: a product is exact, and quicker than a quotient. */
  readonly perPage: number;
  /** Of a table, which has a power of two of them: a mask. */
  readonly lastIndex: number;
}

/**
 * What does not change while a model runs: form, kernel, memory map, drivers; and the numbers that
 * entries, protections and flag sets have in its states. States belong to the machine that made them.
 */
export class Machine {
  readonly form: EntryForm;
  readonly kernel: Kernel;
  readonly memory: MemoryMap;
  readonly flagSets: VmFlagSets;
  readonly prots = new WordIds(0n);
  readonly vmOps: readonly VmOps[];
  /** Levels that have tables, leaf tables first. */
  readonly levels: readonly TableLevel[];
  /** Positions of levels in `levels`. */
  readonly levelNumbers: Readonly<Partial<Record<Level, number>>>;
  readonly layout: Layout;
  /** Slots from one table to the next. */
  readonly tableStride: number;
  /** Numbers of the shared zeropages; the first of the huge zero folio; that of table 0. */
  readonly zeroFrames: readonly number[];
  readonly hugeZeroFrame: number;
  readonly tableFrame: number;
  private readonly spaces: Readonly<Partial<Record<MappingLevel, EntrySpace>>>;

  constructor(options: MachineOptions) {
    const { form, kernel, capacities } = options;
    this.form = form;
    this.kernel = kernel;
    this.memory = new MemoryMap(options.memory);
    this.flagSets = new VmFlagSets(form.definition);
    this.vmOps = options.vmOps;
    this.zeroFrames = this.memory.framesOf('zeropage');
    this.hugeZeroFrame = this.memory.framesOf('huge-zero')[0] ?? -1;
    this.tableFrame = this.memory.framesOf('tables')[0] ?? -1;
    this.levels = [...form.levels]
      .reverse()
      .filter(({ folded }) => !folded)
      .map(({ level, shift, indexBits }) => {
        const pageShift = shift - form.definition.pageShift;
        const [pages, entries] = [2 ** pageShift, 2 ** indexBits];
        return { level, pageShift, pages, entries, perPage: 1 / pages, lastIndex: entries - 1 };
      });
    this.levelNumbers = Object.fromEntries(this.levels.map(({ level }, i) => [level, i]));
    this.tableStride = Math.max(...this.levels.map(({ entries }) => entries));
    const space = (level: MappingLevel) =>
      new EntrySpace(form, level, this.prots, emptyWord(form, level), kernel.hasSpecial(level));
    this.spaces = Object.fromEntries(
      (['pte', 'pmd', 'pud'] as const)
        .filter((level) => level === 'pte' || form.hasTable(level))
        .map((level) => [level, space(level)]),
    );
    this.layout = new Layout({
      ...capacities,
      global: 1,
      frame: this.memory.count,
      slot: capacities.table * this.tableStride,
    });
  }

  /** Entries of a level. Throws where the form has no table of it. */
  space(level: MappingLevel): EntrySpace {
    const found = this.spaces[level];
    if (found === undefined) throw new Error(`${this.form.name} has no ${level} tables`);
    return found;
  }
}
