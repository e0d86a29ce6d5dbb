import {
  type EntryForm,
  type Kernel,
  type MappingLevel,
  ok,
  type Result,
  type Revision,
} from '@pagewright/core';
import { errnoName, vmFaultName } from '../errno.js';
import { foldKernels, type KernelGroup } from '../flips/fold-kernels.js';
import { type Entry, NONE } from '../machine/entries.js';
import { run } from '../model.js';
import { entryIn, slotAt } from '../tables/tables.js';
import { type Ground, groundVma, insertionLevels, newGround } from './ground.js';
import { OCCUPANTS, type Occupant, occupy } from './occupants.js';
import { PRIMITIVES, type Primitive } from './primitives.js';

/** What becomes of the slot. */
export type SlotChange = 'kept' | 'mapped' | 'writable' | 'edited';

/** What a kernel answers for one slot. */
export type InsertionAnswer = {
  readonly occupant: Occupant;
  /** The errno or VM_FAULT bits by name; `BUG` where the kernel stops. */
  readonly answer: string;
  /** A warning of every kernel (WARN_ON_ONCE). */
  readonly warns: boolean;
  /**
   * Kept as it was; mapped where it was empty; made writable; or an entry that was not present
   * edited as if it were, which changes what it stands for.
   */
  readonly slot: SlotChange;
};

/** What a kernel answers for every slot; without answers where it has no such function. */
export interface InsertionRow {
  readonly primitive: string;
  readonly level: MappingLevel;
  readonly answers: readonly InsertionAnswer[];
}

/** Answers of one level, by kernels that give the same. */
export interface InsertionLevel {
  readonly level: MappingLevel;
  readonly groups: readonly KernelGroup<readonly InsertionRow[]>[];
}

/**
 * What every way to insert an entry answers for every kind of slot, kernel by kernel, in shared
 * writable VMAs of the kind that each asks for (SPEC 3, 15.7, 15.8). Codes: those of `foldKernels`.
 */
export function insertionMatrix(
  revisions: readonly Revision[],
  formOf: (revision: Revision) => Result<EntryForm>,
): Result<readonly InsertionLevel[]> {
  const levels: InsertionLevel[] = [];
  for (const level of ['pte', 'pmd', 'pud'] as const) {
    const groups = foldKernels(revisions, formOf, (form, kernel) =>
      insertionsOf(form, kernel, level),
    );
    if (!groups.ok) return groups;
    if (groups.value.some(({ answer }) => answer.length > 0)) {
      levels.push({ level, groups: groups.value });
    }
  }
  return ok(levels);
}

/** The answers of one kernel at a level; none where the form maps nothing there. */
export function insertionsOf(
  form: EntryForm,
  kernel: Kernel,
  level: MappingLevel,
): readonly InsertionRow[] {
  if (!insertionLevels(form).includes(level)) return [];
  const ground = newGround(form, kernel, level);
  return PRIMITIVES.filter((primitive) => primitive.level === level).map((primitive) =>
    rowOf(ground, primitive),
  );
}

function rowOf(ground: Ground, primitive: Primitive): InsertionRow {
  const { name, level, broughtBy } = primitive;
  const has = broughtBy === undefined || ground.model.has(broughtBy);
  const occupants = has ? (Object.keys(OCCUPANTS) as Occupant[]) : [];
  const answers = occupants.flatMap((occupant) => insertOver(ground, primitive, occupant) ?? []);
  return { primitive: name, level, answers };
}

/** Occupants that are of the page that is inserted: nobody inserts one into a hole. */
const OF_THE_PAGE: readonly Occupant[] = ['same page', 'same raw'];

/** Inserts over an occupant in a copy of the state. */
function insertOver(
  ground: Ground,
  primitive: Primitive,
  occupant: Occupant,
): InsertionAnswer | undefined {
  const { level, flags, onDax = false, answers, insert } = primitive;
  if (onDax && (OF_THE_PAGE.includes(occupant) || occupant.endsWith('bits'))) return undefined;
  const { model, mm, vpn, page } = ground;
  const origin = model.state;
  model.state = origin.copy();
  try {
    const vma = groundVma(ground, flags, onDax);
    if (!occupy(ground, level, vma, occupant)) return undefined;
    const slot = slotAt(model, mm, vpn, level);
    const before = entryIn(model, slot);
    const outcome = run(model, () => insert(model, vma, vpn, page));
    const name = answers === 'error' ? errnoName : vmFaultName;
    return {
      occupant,
      answer: outcome.bug === undefined ? name(outcome.value) : 'BUG',
      warns: outcome.events.some((event) => event.kind === 'warn'),
      slot: changeOf(ground, level, before, entryIn(model, slot)),
    };
  } finally {
    model.state = origin;
  }
}

function changeOf(
  { model }: Ground,
  level: MappingLevel,
  before: Entry | undefined,
  after: Entry | undefined,
): SlotChange {
  if (before === after || after === undefined) return 'kept';
  if (before === NONE) return 'mapped';
  const wasPresent = before !== undefined && model.machine.space(level).is.present(before);
  return wasPresent ? 'writable' : 'edited';
}

/** An answer in a few words: `-EBUSY`, `NOPAGE, WARN`, `0: edited`. */
export const insertionText = ({ answer, warns, slot }: InsertionAnswer): string =>
  `${answer}${warns ? ', WARN' : ''}${slot === 'kept' ? '' : `: ${slot}`}`;
