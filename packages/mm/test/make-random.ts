import {
  type ConfigChoice,
  type Revision,
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
  Global,
  Mm,
  Model,
  newMm,
  newVma,
  remapPfnRange,
  type StandardMachine,
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

/** A VMA of the first process. */
interface Area {
  readonly flags: bigint;
  /** Number in the machine's `vmOps`; none for anonymous memory. */
  readonly ops?: number;
  readonly file?: 'file' | 'shmem';
  /** Raw frames that it shows from the start, from this pfn on. */
  readonly shows?: number;
}

const ANONYMOUS: Area = { flags: PRIVATE };
/** A private view of registers, as of /dev/mem. */
const REGISTER_VIEW: Area = { flags: PRIVATE, ops: 0, shows: REGISTERS };

/** A VMA of each kind, one behind the other. */
const SMALL: readonly Area[] = [
  ANONYMOUS,
  ANONYMOUS,
  { flags: PRIVATE | VM_MIXEDMAP, ops: 0 },
  { flags: SHARED | VM_MIXEDMAP, ops: 0 },
  { flags: READ | VM_MIXEDMAP, ops: 0 },
  { flags: SHARED | VM_PFNMAP | VM_IO, ops: 0 },
  REGISTER_VIEW,
  { flags: PRIVATE, ops: 1, file: 'file' },
  { flags: SHARED, ops: 1, file: 'file' },
  { flags: PRIVATE, ops: 2, file: 'shmem' },
  { flags: SHARED, ops: 2, file: 'shmem' },
];

/** Areas and pages of them that steps go to: few, so that they meet; anonymous ones above all. */
const VISITED = [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 1, 6, 7, 8, 9, 10] as const;
const PAGES = [0, 1, 2, 0, 1, 3, 0, 7] as const;

/**
 * What the first process has: `small` VMAs of each kind; `memory view`, in which one of anonymous
 * memory gives way to a private view of memory that is still free; `large folios`, as `small`, with
 * four pages at a time for anonymous memory; `huge` anonymous memory.
 */
export type WorldKind = 'small' | 'memory view' | 'large folios' | 'huge';

/** A model with a process, and what steps can be about. */
export interface World {
  readonly model: Model;
  /** The driver's own pages, to each of which it holds a reference. */
  readonly pages: readonly number[];
  /** Addresses that steps go to. */
  readonly places: readonly number[];
  /** Addresses below it are of anonymous memory. */
  readonly anonymousEnd: number;
  /** The state that sequences begin in. */
  readonly start: State;
}

/** Makes a world of a kind. */
export function makeWorld(
  arch: string,
  revision: string | Revision,
  kind: WorldKind = 'small',
  config: ConfigChoice = {},
): World {
  const base = { config, vmOps: [{ name: 'driver' }, FILE_OPS, SHMEM_OPS] };
  if (kind === 'huge') return hugeWorld(arch, revision, base);
  const machine = machineOf(arch, revision, {
    ...base,
    ramFrames: 128,
    memory: [
      { name: 'registers', purpose: 'device', firstPfn: REGISTERS, frames: 64, memmap: false },
    ],
    capacities: { vma: 192, anonVma: 192, avc: 1536, reference: 96, table: 96 },
  });
  const model = new Model(machine);
  const pages = driverPages(model);
  const freePfn = machine.memory.pfn(pages.length);
  const view: Area = { ...REGISTER_VIEW, shows: freePfn };
  addAreas(model, kind === 'memory view' ? SMALL.with(1, view) : SMALL);
  if (kind === 'large folios') model.state.set(Global.anonOrder, 0, 2);
  const places = VISITED.flatMap((area) => PAGES.map((page) => START + area * AREA + page));
  const anonymousEnd = START + (kind === 'memory view' ? 1 : 2) * AREA;
  return { model, pages, places, anonymousEnd, start: model.state.copy() };
}

function driverPages(model: Model): number[] {
  const pages = Array.from({ length: 4 }, () => allocFolio(model));
  for (const page of pages) model.state.set(Frame.heldRefs, page, 1);
  return pages;
}

function addAreas(model: Model, areas: readonly Area[]): void {
  const files = {
    file: newMapping(model, 'file', AREA),
    shmem: newMapping(model, 'shmem', AREA),
  };
  const mm = newMm(model);
  areas.forEach(({ flags, ops, file, shows }, i) => {
    const start = START + i * AREA;
    const vma = newVma(model, mm, {
      start,
      end: start + AREA,
      flags,
      ...(ops === undefined ? {} : { ops }),
      ...(file === undefined ? {} : { mapping: files[file], pgoff: 0 }),
    });
    if (shows === undefined) return;
    model.state.set(Vma.pgoff, vma, shows);
    remapPfnRange(model, vma, start, shows, AREA, model.state.get(Vma.pageProt, vma));
  });
}

/** Two huge pages' worth of anonymous memory, and memory for four. */
function hugeWorld(
  arch: string,
  revision: string | Revision,
  base: Partial<StandardMachine>,
): World {
  const huge = machineOf(arch, revision).levels[1]?.pages as number;
  const machine = machineOf(arch, revision, {
    ...base,
    ramFrames: 5 * huge,
    capacities: { vma: 96, anonVma: 96, avc: 512, reference: 96, table: 64 },
  });
  const model = new Model(machine);
  const pages = driverPages(model);
  const start = Math.ceil(START / huge) * huge;
  const end = start + 2 * huge;
  const flags = PRIVATE | machine.flagSets.mask('VM_HUGEPAGE');
  newVma(model, newMm(model), { start, end, flags });
  const places = [0, 1, huge - 1, huge, huge + 3].map((page) => start + page);
  return { model, pages, places, anonymousEnd: end, start: model.state.copy() };
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
  readonly at: At;
}

/**
 * Runs a sequence from the start until an invariant breaks, the kernel complains, or room ends;
 * `seen` is told of each step.
 */
export function runSteps(
  world: World,
  steps: readonly RawStep[],
  seen: (taken: Taken) => void = () => {},
  draws: readonly Draw[] = DRAWS,
): Finding | undefined {
  const { model } = world;
  model.state = world.start.copy();
  const names: string[] = [];
  for (const step of steps) {
    const chosen = choose(world, draws, step);
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
    names.push(`${draw.name} ${at.mm}:${at.vpn} ${at.choice} = ${bug ?? value}`);
    seen({ name: draw.name, value, bug, at });
    if (bug !== undefined) return { violations: [wrong('BUG', bug)], steps: names };
    const found = [...checkInvariants(model), ...complaints(model)];
    if (draw.step === 'mprotect') found.push(...checkStep(model, before, { kind: 'mprotect' }));
    if (draw.step === 'fork' && value >= 0) {
      found.push(...checkStep(model, before, { kind: 'fork', parent: at.mm, child: value }));
    }
    if (found.length > 0) return { violations: found, steps: names };
  }
  return undefined;
}

/** What a kernel says that has a bug: callers err in other ways, of which WARN() tells. */
function complaints({ events }: Model): Violation[] {
  return events.flatMap((event) => {
    if (event.kind === 'vm-warn') return [wrong('VM_WARN', event.id)];
    return event.kind === 'bad-page-map' ? [wrong('bad page map', event.level)] : [];
  });
}

const wrong = (id: string, what: string): Violation => ({ id, what, evidence: {} });

/** The step's operation and place, where the operation makes sense there. */
function choose(
  world: World,
  draws: readonly Draw[],
  [number, process, page, choice]: RawStep,
): { draw: Draw; at: At } | undefined {
  const { model, places } = world;
  const draw = draws[number % draws.length] as Draw;
  const { state } = model;
  const mm = nthProcess(state, process);
  const vpn = places[page % places.length] as number;
  const vma = vmaAt(model, mm, vpn);
  if (vma < 0 && draw.inHoles !== true) return undefined;
  const at = { mm, vma, vpn, choice };
  return draw.fits(world, at) ? { draw, at } : undefined;
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
