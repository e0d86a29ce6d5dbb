import { parseVmFlags } from '@pagewright/core';
import {
  checkInvariants,
  entryAt,
  Frame,
  folioMapcount,
  folioMaybeDmaPinned,
  folioOf,
  Global,
  hasFlag,
  isAnon,
  isAnonExclusive,
  Mm,
  NONE,
  OWNER,
  PAGE_FLAG,
  pageMapcount,
  Vma,
  vmaAt,
} from '@pagewright/mm';
import type { StateExpectation } from '../format/definition.js';
import { has } from '../format/needs.js';
import { partsOf } from '../format/words.js';
import { ScenarioStop, type World } from '../setup/world.js';
import { entryText } from './entry-text.js';
import { selects } from './expectation.js';

type Found = Readonly<Record<string, string | number | boolean>>;

/** What of a state is not as expected, one sentence each. */
export function stateMistakes(world: World, expected: StateExpectation): string[] {
  const { kernel, machine } = world.model;
  if (expected.kernels !== undefined && !selects(expected.kernels, kernel)) return [];
  if (!(expected.needs ?? []).every((need) => has(need, machine.form, kernel))) return [];
  const mistakes: string[] = [];
  const compare = (what: string, wanted: object, found: Found): void => {
    for (const [field, value] of Object.entries(wanted)) {
      if (value !== undefined && found[field] !== value) {
        mistakes.push(`${what}: ${field} is ${found[field]}, expected ${value}`);
      }
    }
  };
  for (const [name, wanted] of Object.entries(expected.pages ?? {})) {
    compare(name, wanted, pageFields(world, world.frame(name)));
  }
  for (const [name, wanted] of Object.entries(expected.processes ?? {})) {
    compare(name, wanted, processFields(world, world.get(partsOf(name).name, 'process').mm));
  }
  for (const [name, wanted] of Object.entries(expected.vmas ?? {})) {
    mistakes.push(...vmaMistakes(world, name, wanted));
  }
  for (const [name, wanted] of Object.entries(expected.entries ?? {})) {
    mistakes.push(...entryMistakes(world, name, wanted));
  }
  const tainted = world.model.state.get(Global.tainted, 0) !== 0;
  if (expected.tainted !== undefined && expected.tainted !== tainted) {
    mistakes.push(tainted ? 'the kernel is tainted' : 'the kernel is not tainted');
  }
  mistakes.push(...invariantMistakes(world, expected.invariants));
  return mistakes;
}

/** Invariants that do not hold and should, or the other way round. */
function invariantMistakes({ model }: World, expected: StateExpectation['invariants']): string[] {
  if (expected === undefined) return [];
  const wanted = expected === 'hold' ? [] : expected.broken;
  const violations = checkInvariants(model);
  const broken = new Set(violations.map(({ id }) => id));
  return [
    ...violations
      .filter(({ id }) => !wanted.includes(id))
      .map(({ id, what }) => `${id} does not hold: ${what}`),
    ...wanted.filter((id) => !broken.has(id)).map((id) => `${id} holds, and should be broken`),
  ];
}

const OWNERS = Object.entries(OWNER);

function pageFields({ model }: World, frame: number): Found {
  const { state } = model;
  const folio = folioOf(model, frame);
  const large = state.get(Frame.order, folio) > 0;
  const owner = state.get(Frame.owner, folio);
  return {
    refcount: state.get(Frame.refcount, folio),
    mapcount: large && frame !== folio ? pageMapcount(model, frame) : folioMapcount(model, folio),
    entire: state.get(Frame.entireMapcount, folio),
    pincount: state.get(Frame.pincount, folio),
    pinned: folioMaybeDmaPinned(model, folio),
    exclusive: isAnonExclusive(model, frame),
    anon: isAnon(model, folio),
    dirty: hasFlag(model, folio, PAGE_FLAG.dirty),
    share: state.get(Frame.share, folio),
    owner: OWNERS.find(([, number]) => number === owner)?.[0] ?? owner,
  };
}

function processFields({ model: { state } }: World, mm: number): Found {
  let vmas = 0;
  for (let vma = state.ref(Mm.firstVma, mm); vma >= 0; vma = state.ref(Vma.next, vma)) vmas++;
  return {
    file: state.get(Mm.filePages, mm),
    anon: state.get(Mm.anonPages, mm),
    shmem: state.get(Mm.shmemPages, mm),
    swap: state.get(Mm.swapEntries, mm),
    ptes: state.get(Mm.nrPtes, mm),
    vmas,
  };
}

type VmaExpectation = NonNullable<StateExpectation['vmas']>[string];

function vmaMistakes(world: World, name: string, wanted: VmaExpectation): string[] {
  const { model } = world;
  const { mm, vpn } = world.address(name);
  const vma = vmaAt(model, mm, vpn);
  if (vma < 0) return [`${name}: there is no VMA`];
  const flags = model.machine.flagSets.value(model.state.get(Vma.flags, vma));
  const mistakes: string[] = [];
  for (const [text, set] of [
    [wanted.has, true],
    [wanted.lacks, false],
  ] as const) {
    if (text === undefined) continue;
    for (const word of text.split(/\s+/)) {
      if (((flags & maskOf(world, word)) !== 0n) === set) continue;
      mistakes.push(`${name}: ${word} is ${set ? 'not set' : 'set'}`);
    }
  }
  const { pgoff } = wanted;
  const expected = typeof pgoff === 'string' ? world.pfn(pgoff) : pgoff;
  const found = model.state.get(Vma.pgoff, vma);
  if (expected !== undefined && expected !== found) {
    mistakes.push(`${name}: pgoff is ${found}, expected ${expected}`);
  }
  return mistakes;
}

function maskOf({ model }: World, word: string): bigint {
  const parsed = parseVmFlags(word, model.machine.form.definition);
  if (!parsed.ok) throw new ScenarioStop(parsed.problem.message);
  return parsed.value.flags;
}

type EntryExpectation = NonNullable<StateExpectation['entries']>[string];

function entryMistakes(world: World, name: string, wanted: EntryExpectation): string[] {
  const { model } = world;
  const { mm, vpn } = world.address(name);
  const level = wanted === 'none' ? 'pte' : (wanted.level ?? 'pte');
  const space = model.machine.space(level);
  const entry = entryAt(model, mm, vpn, level);
  const found = entryText(world, space, entry);
  const wrong = (what: string) => [`${name}: expected ${what}, found ${found}`];
  if (wanted === 'none') return entry === NONE ? [] : wrong('none');
  if (wanted.absent !== undefined) {
    const isThat = entry !== NONE && !space.is.present(entry) && found.includes(wanted.absent);
    return isThat ? [] : wrong(wanted.absent);
  }
  if (!space.is.present(entry)) return wrong('a present entry');
  const { page, level: _, absent: __, ...bits } = wanted;
  if (page !== undefined && space.pfn(entry) !== world.pfn(page)) return wrong(page);
  const asked = { write: false, special: false, ...bits };
  return Object.entries(asked).flatMap(([bit, value]) => {
    if (bit === 'special' && !model.kernel.hasSpecial(level)) return [];
    const is = space.is[bit as keyof typeof bits & keyof typeof space.is](entry);
    return is === value ? [] : wrong(value ? bit : `no ${bit}`);
  });
}
