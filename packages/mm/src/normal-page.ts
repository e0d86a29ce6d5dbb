import {
  type Frames,
  isCowMapping,
  type MappingLevel,
  normalPage,
  type Pfn,
  pfn,
  type Verdict,
  VM_MAYWRITE,
  VM_MIXEDMAP,
  VM_PFNMAP,
  VM_SHARED,
  type VmOps,
  virtAddr,
} from '@pagewright/core';
import { folioOf, isAnon, isSlab, isZeroFrame } from './frames/folio.js';
import type { Entry } from './machine/entries.js';
import type { Machine } from './machine/machine.js';
import type { Model } from './model.js';
import { fitsVma } from './rmap/page-address.js';
import { Global, Vma } from './state/columns.js';
import { opsOf } from './vma/vma.js';

/** What is known of the question, as bits: equal facts have equal answers. */
const FACT = {
  special: 1 << 0,
  devmap: 1 << 1,
  memmap: 1 << 2,
  zero: 1 << 3,
  hugeZero: 1 << 4,
  hugeZeroHead: 1 << 5,
  /** Anonymous memory; among raw frames, such as may be a copy there. */
  anon: 1 << 6,
  slab: 1 << 7,
  beyond: 1 << 8,
  pfnmap: 1 << 9,
  mixedmap: 1 << 10,
  cow: 1 << 11,
  linear: 1 << 12,
  hook: 1 << 13,
} as const;
const FACT_BITS = 14;
const LEVEL_NUMBER = { pte: 0, pmd: 1, pud: 2 } as const;

/** An answer as the memory of a machine keeps it. */
interface Known {
  readonly answer: 'page' | 'none' | 'bad' | 'hook';
  readonly warns: readonly string[];
}
const memories = new WeakMap<Machine, (Known | undefined)[]>();

/**
 * vm_normal_page(), _pmd() and _pud(): frame number of the page that a present entry maps, or -1.
 * `core` decides; each combination of facts is decided once a machine. A pfn without struct page
 * that the kernel takes for a page all the same is answered -2: a wild pointer.
 */
export function vmNormalPage(
  model: Model,
  level: MappingLevel,
  vma: number,
  vpn: number,
  entry: Entry,
): number {
  const known = lookUp(model, level, vma, vpn, entry);
  if (known.warns.length > 0) for (const id of known.warns) model.vmWarn(id);
  if (known.answer === 'none') return -1;
  if (known.answer === 'hook') return hookOf(model, vma)?.(model, vma, vpn) ?? -1;
  if (known.answer === 'bad') {
    model.badPageMap(level, vma, vpn, entry);
    return -1;
  }
  const frame = model.machine.memory.frame(model.machine.space(level).pfn(entry));
  return frame < 0 ? WILD_PAGE : frame;
}

/** A pointer to a struct page that does not exist. */
export const WILD_PAGE = -2;

/** As `vmNormalPage`, of a kernel that says nothing and notes nothing: for looking on. */
export function normalPageUnseen(
  model: Model,
  level: MappingLevel,
  vma: number,
  vpn: number,
  entry: Entry,
): number {
  const { answer } = lookUp(model, level, vma, vpn, entry);
  if (answer === 'hook') return hookOf(model, vma)?.(model, vma, vpn) ?? -1;
  if (answer !== 'page') return -1;
  const frame = model.machine.memory.frame(model.machine.space(level).pfn(entry));
  return frame < 0 ? WILD_PAGE : frame;
}

function lookUp(model: Model, level: MappingLevel, vma: number, vpn: number, entry: Entry): Known {
  const facts = factsOf(model, level, vma, vpn, entry);
  const memory = memoryOf(model.machine);
  const key = (LEVEL_NUMBER[level] << FACT_BITS) | facts;
  let known = memory[key];
  if (known === undefined) {
    known = decide(model, level, facts);
    memory[key] = known;
  }
  return known;
}

function memoryOf(machine: Machine): (Known | undefined)[] {
  let found = memories.get(machine);
  if (found === undefined) {
    found = new Array(3 << FACT_BITS);
    memories.set(machine, found);
  }
  return found;
}

const hookOf = (model: Model, vma: number) => opsOf(model, vma)?.findNormalPage;

function factsOf(
  model: Model,
  level: MappingLevel,
  vma: number,
  vpn: number,
  entry: Entry,
): number {
  const { state, machine } = model;
  const { memory, flagSets } = machine;
  const space = machine.space(level);
  const at = space.pfn(entry);
  const flags = flagSets.is(state.get(Vma.flags, vma));
  let facts = 0;
  if (space.is.special(entry)) facts |= FACT.special;
  if (space.is.devmap(entry)) facts |= FACT.devmap;
  if (flags.VM_PFNMAP) facts |= FACT.pfnmap;
  if (flags.VM_MIXEDMAP) facts |= FACT.mixedmap;
  if (flags.isCow) facts |= FACT.cow;
  if (at === state.get(Vma.pgoff, vma) + vpn - state.get(Vma.start, vma)) facts |= FACT.linear;
  if (hookOf(model, vma) !== undefined) facts |= FACT.hook;
  if (at > memory.highest) facts |= FACT.beyond;
  const frame = memory.frame(at);
  if (frame < 0) return facts;
  facts |= frameFacts(model, frame);
  // Asked where a copy must be told from a raw frame alone.
  const foreign = (facts & FACT.pfnmap) !== 0 && !fitsVma(model, vma, vpn, frame);
  return foreign ? facts & ~FACT.anon : facts;
}

function frameFacts(model: Model, frame: number): number {
  let facts: number = FACT.memmap;
  if (isZeroFrame(model, frame)) facts |= FACT.zero;
  const huge = model.state.ref(Global.hugeZero, 0);
  const folio = folioOf(model, frame);
  if (huge >= 0 && folio === huge) {
    facts |= frame === huge ? FACT.hugeZero | FACT.hugeZeroHead : FACT.hugeZero;
  }
  if (isAnon(model, folio)) facts |= FACT.anon;
  if (isSlab(model, folio)) facts |= FACT.slab;
  return facts;
}

/** Asks `core` about a VMA and a frame of which just the facts are true. */
function decide({ kernel }: Model, level: MappingLevel, facts: number): Known {
  const is = (fact: number): boolean => (facts & fact) !== 0;
  const at = 0x1000n as Pfn;
  const frames: Frames = {
    memmap: () => is(FACT.memmap),
    isZero: () => is(FACT.zero),
    isHugeZero: () => is(FACT.hugeZero),
    isHugeZeroHead: () => is(FACT.hugeZeroHead),
    isAnon: () => is(FACT.anon),
    isSlab: () => is(FACT.slab),
    highest: pfn(is(FACT.beyond) ? at - 1n : at),
  };
  const flags =
    (is(FACT.pfnmap) ? VM_PFNMAP : 0n) |
    (is(FACT.mixedmap) ? VM_MIXEDMAP : 0n) |
    (is(FACT.cow) ? VM_MAYWRITE : VM_SHARED | VM_MAYWRITE);
  if (isCowMapping(flags) !== is(FACT.cow)) throw new Error('flags do not say what they should');
  const ops: VmOps = is(FACT.hook) ? { findNormalPage: () => HOOK_PAGE } : {};
  const verdict = normalPage({
    kernel,
    level,
    vma: {
      start: virtAddr(0n),
      end: virtAddr(1n << 40n),
      flags,
      pgoff: is(FACT.linear) ? at : at + 1n,
      ops,
    },
    addr: virtAddr(0n),
    entry: { pfn: at, special: is(FACT.special), devmap: is(FACT.devmap) },
    frames,
  });
  return { answer: answerOf(verdict), warns: verdict.warns.map(({ id }) => id) };
}

const HOOK_PAGE = pfn(0x777n);

function answerOf(verdict: Verdict): Known['answer'] {
  if (verdict.answer === 'page') return verdict.via === 'hook' ? 'hook' : 'page';
  return verdict.answer === 'bad' ? 'bad' : 'none';
}
