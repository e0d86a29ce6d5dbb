import type { Expr } from '../expr/word.js';
import type { Bits, Pfn, PhysAddr } from '../units.js';
import { type Masks, masksOf } from './bit-table.js';
import type { FormDefinition, HelperTable } from './definition.js';
import { completeHelpers } from './generic-helpers.js';
import { Helper, type PointerHelper } from './helper.js';
import { LEVELS, type Level, type LevelGeometry } from './level.js';

/** A helper that a form does not have, as a value: callers must look before they use it. */
export interface AbsentHelper {
  readonly absent: true;
  /** Level that was asked; null for a helper with its full name. */
  readonly level: Level | null;
  /** The helper that was looked for. */
  readonly name: string;
  /** The form without it. */
  readonly form: string;
}

/** Looks whether a helper lookup found nothing. */
export const isAbsentHelper = (x: Helper | PointerHelper | AbsentHelper): x is AbsentHelper =>
  'absent' in x;

/**
 * A paging form ready to use: geometry, bit table, and every kernel helper compiled on demand from
 * its expression. Built from a `FormDefinition`; holds no state but compiled code.
 */
export class EntryForm {
  readonly name: string;
  readonly arch: string;
  readonly headers: FormDefinition['headers'];
  readonly levels: readonly LevelGeometry[];
  /** Masks of the fields by name. */
  readonly mask: Masks;
  private readonly byLevel = new Map<Level, ReadonlyMap<string, Helper>>();
  private readonly byFunction: ReadonlyMap<string, Helper>;
  private readonly byPointer: ReadonlyMap<string, PointerHelper>;
  private readonly codecs = new Map<string, Helper>();

  constructor(readonly definition: FormDefinition) {
    const complete = completeHelpers(definition);
    this.name = definition.name;
    this.arch = definition.arch;
    this.headers = definition.headers;
    this.levels = definition.levels;
    this.mask = masksOf(definition.bits);
    const { wordBits } = definition;
    const compile = (table: HelperTable, first: string | null): ReadonlyMap<string, Helper> =>
      new Map(
        Object.entries(table).map(([name, body]) => [
          name,
          new Helper(name, body, wordBits, first),
        ]),
      );
    for (const level of LEVELS) this.byLevel.set(level, compile(complete.helpers[level], 'entry'));
    this.byFunction = compile(complete.functions, null);
    this.byPointer = new Map(
      Object.entries(complete.pointers).map(([name, { returns, memory }]) => [
        name,
        {
          name,
          returns: new Helper(name, returns, wordBits, 'mem'),
          memory: new Helper(name, memory, wordBits, 'mem'),
        },
      ]),
    );
  }

  /** A copy with another definition: how tests move a bit and tools build variants. */
  with(changes: Partial<FormDefinition>): EntryForm {
    return new EntryForm({ ...this.definition, ...changes });
  }

  /** Geometry of a level, or undefined when the form has no such level. */
  geometry(level: Level): LevelGeometry | undefined {
    return this.levels.find((g) => g.level === level);
  }

  /** The level whose helpers decide about an entry found in a table of this level. */
  deciding(level: Level): Level {
    return this.geometry(level)?.decidedBy ?? level;
  }

  /** The form has a table at this level. */
  hasTable(level: Level): boolean {
    return this.geometry(level)?.folded === false;
  }

  /** Names of the helpers of a level, in declaration order. */
  helperNames(level: Level): readonly string[] {
    return [...(this.byLevel.get(level)?.keys() ?? [])];
  }

  /** Names of the helpers with full names. */
  get functionNames(): readonly string[] {
    return [...this.byFunction.keys()];
  }

  /** Names of the pointer helpers. */
  get pointerNames(): readonly string[] {
    return [...this.byPointer.keys()];
  }

  /** A helper of a level by the kernel's name without prefix, or its typed absence. */
  helper(level: Level, name: string): Helper | AbsentHelper {
    return this.byLevel.get(level)?.get(name) ?? this.absent(level, name);
  }

  /** A helper by its full kernel name (`pfn_pte`, `pte_same`), or its typed absence. */
  function(name: string): Helper | AbsentHelper {
    return this.byFunction.get(name) ?? this.absent(null, name);
  }

  /** A pointer helper by its full kernel name, or its typed absence. */
  pointer(name: string): PointerHelper | AbsentHelper {
    return this.byPointer.get(name) ?? this.absent(null, name);
  }

  /**
   * Asks a test of an entry (`present`, `special`, ...). Throws when the form lacks the helper or
   * when it is no test of the entry alone: that is a mistake of the caller, who can look first.
   */
  is(level: Level, name: string, entry: Bits): boolean {
    return this.require(level, name).bits(entry) as boolean;
  }

  /** Applies a transform or reads a number (`mkdirty`, `pfn`); further words follow the entry. */
  apply(level: Level, name: string, entry: Bits, ...more: readonly (bigint | boolean)[]): Bits {
    return this.require(level, name).bits(entry, ...more) as Bits;
  }

  /** `pte_pfn()` and its upper forms. */
  pfn(level: Level, entry: Bits): Pfn {
    return this.require(level, 'pfn').bits(entry) as Pfn;
  }

  /** Physical address of the table that an upper entry points to; the entry must be a table. */
  nextTable(level: Level, entry: Bits): PhysAddr {
    const body = this.definition.tables[level];
    if (body === undefined) throw new Error(`${this.name}: ${level} entries point to no table`);
    return this.codec(`table ${level}`, body).bits(entry) as PhysAddr;
  }

  /** Compiles an expression of the definition once, under a name of the caller's. */
  codec<E extends Expr>(name: string, body: E): Helper<E> {
    let found = this.codecs.get(name);
    if (found === undefined) {
      found = new Helper<Expr>(name, body, this.definition.wordBits, null);
      this.codecs.set(name, found);
    }
    return found as Helper<E>;
  }

  private require(level: Level, name: string): Helper {
    const found = this.helper(level, name);
    if (isAbsentHelper(found)) throw new Error(`${this.name} has no ${level}_${name}()`);
    return found;
  }

  private absent(level: Level | null, name: string): AbsentHelper {
    return { absent: true, level, name, form: this.name };
  }
}
