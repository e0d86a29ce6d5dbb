import {
  type ConfigChoice,
  VM_IO,
  VM_MAYWRITE,
  VM_MIXEDMAP,
  VM_PFNMAP,
  VM_SHARED,
  VM_WRITE,
} from '@pagewright/core';
import fc from 'fast-check';
import { FILE_OPS, SHMEM_OPS } from '../src/files/filemap-ops.js';
import { newMapping } from '../src/files/new-mapping.js';
import {
  allocFolio,
  CapacityError,
  Frame,
  Mm,
  Model,
  newMm,
  newVma,
  remapPfnRange,
  type State,
  Vma,
  vmaAt,
} from '../src/index.js';
import { checkInvariants } from '../src/invariants/check.js';
import { checkStep } from '../src/invariants/steps.js';
import type { Violation } from '../src/invariants/violation.js';
import { run } from '../src/model.js';
import { machineOf } from './machines.js';
import { AREA, type At, DRAWS, type Draw, REGISTERS, START } from './make-random-draws.js';

/** A step before anybody knows what it is about: which operation, where, and with what. */
export type RawStep = readonly [draw: number, process: number, page: number, choice: number];

/** Sequences of up to 60 steps. Small numbers are simple ones: that is where shrinking leads. */
export const rawSteps = fc.array(
  fc.tuple(fc.nat(997), fc.nat(3), fc.nat(127), fc.nat(1023)) as fc.Arbitrary<RawStep>,
  { minLength: 1, maxLength: 60, size: 'max' },
);

const READ = 0x1n;
const MAYSHARE = 0x80n;
const PRIVATE = 0x71n | VM_WRITE | VM_MAYWRITE;
const SHARED = PRIVATE | VM_SHARED | MAYSHARE;

/** VMAs of the first process, one behind the other. */
const AREAS = [
  { flags: PRIVATE },
  { flags: PRIVATE },
  { flags: PRIVATE | VM_MIXEDMAP, ops: 0 },
  { flags: SHARED | VM_MIXEDMAP, ops: 0 },
  { flags: READ | VM_MIXEDMAP, ops: 0 },
  { flags: SHARED | VM_PFNMAP | VM_IO, ops: 0 },
  { flags: PRIVATE, ops: 0, raw: true },
  { flags: PRIVATE, ops: 1, file: 'file' },
  { flags: SHARED, ops: 1, file: 'file' },
  { flags: PRIVATE, ops: 2, file: 'shmem' },
  { flags: SHARED, ops: 2, file: 'shmem' },
] as const;

/** A model with a process that has a VMA of each kind, and pages of a driver. */
export interface World {
  readonly model: Model;
  /** The driver's own pages, to each of which it holds a reference. */
  readonly pages: readonly number[];
  readonly files: readonly number[];
  /** The state that sequences begin in. */
  readonly start: State;
}

export function makeWorld(arch: string, revision: string, config: ConfigChoice = {}): World {
  const machine = machineOf(arch, revision, {
    config,
    ramFrames: 128,
    vmOps: [{ name: 'driver' }, FILE_OPS, SHMEM_OPS],
    memory: [
      { name: 'registers', purpose: 'device', firstPfn: REGISTERS, frames: 64, memmap: false },
    ],
    capacities: { vma: 192, anonVma: 192, avc: 1536, reference: 96, table: 96 },
  });
  const model = new Model(machine);
  const { state } = model;
  const pages = Array.from({ length: 4 }, () => allocFolio(model));
  for (const page of pages) state.set(Frame.heldRefs, page, 1);
  const files = [newMapping(model, 'file', AREA), newMapping(model, 'shmem', AREA)];
  const mm = newMm(model);
  AREAS.forEach((area, i) => {
    const start = START + i * AREA;
    const own = 'file' in area ? files[area.file === 'file' ? 0 : 1] : undefined;
    const vma = newVma(model, mm, {
      start,
      end: start + AREA,
      flags: area.flags,
      ...('ops' in area ? { ops: area.ops } : {}),
      ...(own === undefined ? {} : { mapping: own, pgoff: 0 }),
    });
    if ('raw' in area) {
      remapPfnRange(model, vma, start, REGISTERS, AREA, state.get(Vma.pageProt, vma));
    }
  });
  return { model, pages, files, start: state.copy() };
}

/** What a sequence came to: what is wrong, and after which steps. */
export interface Finding {
  readonly violations: readonly Violation[];
  readonly steps: readonly string[];
}

/** A step that took place. */
export interface Taken {
  readonly name: string;
  readonly value: number;
  readonly bug: string | undefined;
}

/** Runs a sequence from the start; `seen` is told of each step. Ends at a BUG, or when room ends. */
export function runSteps(
  world: World,
  steps: readonly RawStep[],
  seen: (taken: Taken) => void = () => {},
): Finding | undefined {
  const { model } = world;
  model.state = world.start.copy();
  const names: string[] = [];
  for (const step of steps) {
    const chosen = choose(world, step);
    if (chosen === undefined) continue;
    const { draw, at } = chosen;
    const asksStep = draw.step !== undefined;
    const before = asksStep ? model.state.copy() : model.state;
    let value = 0;
    let bug: string | undefined;
    try {
      const outcome = run(model, () => draw.run(world, at));
      if (outcome.bug === undefined) value = outcome.value;
      else bug = outcome.bug;
    } catch (error) {
      if (error instanceof CapacityError) return undefined;
      throw Object.assign(error as Error, { steps: [...names, draw.name] });
    }
    names.push(`${draw.name} ${at.mm}:${at.vpn - START} ${at.choice} = ${bug ?? value}`);
    seen({ name: draw.name, value, bug });
    if (bug !== undefined) return undefined;
    const found = [...checkInvariants(model)];
    if (draw.step === 'mprotect') found.push(...checkStep(model, before, { kind: 'mprotect' }));
    if (draw.step === 'fork' && value >= 0) {
      found.push(...checkStep(model, before, { kind: 'fork', parent: at.mm, child: value }));
    }
    if (found.length > 0) return { violations: found, steps: names };
  }
  return undefined;
}

/** Areas and pages of them that steps go to: few, so that they meet; anonymous ones above all. */
const WHERE = [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 1, 6, 7, 8, 9, 10] as const;
const PLACES = [0, 1, 2, 0, 1, 3, 0, 7] as const;

/** The step's operation and place, where the operation makes sense there. */
function choose(
  { model }: World,
  [number, process, page, choice]: RawStep,
): { draw: Draw; at: At } | undefined {
  const draw = DRAWS[number % DRAWS.length] as Draw;
  const { state } = model;
  const mm = nthProcess(state, process);
  const area = WHERE[(page >> 3) % WHERE.length] as number;
  const vpn = START + area * AREA + (PLACES[page % PLACES.length] as number);
  const vma = vmaAt(model, mm, vpn);
  if (vma < 0 && draw.inHoles !== true) return undefined;
  const at = { mm, vma, vpn, choice };
  return draw.fits(model, at) ? { draw, at } : undefined;
}

/** A process, counted round; there is always one. */
function nthProcess(state: State, n: number): number {
  const found: number[] = [];
  const { mm: count } = state.layout.capacities;
  for (let at = state.next(Mm.used, 0, count); at >= 0; at = state.next(Mm.used, at + 1, count)) {
    found.push(at);
  }
  return found[n % found.length] as number;
}
