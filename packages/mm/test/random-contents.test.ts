import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryAt, Frame, Mm, type Model, NONE, SwapSlot, vmaAt } from '../src/index.js';
import { swapSlotOf } from '../src/swap/swap-slots.js';
import { isCow, vmaIsAnonymous } from '../src/vma/vma.js';
import { ARCHITECTURES } from './machines.js';
import { makeWorld, rawSteps, runSteps, type Taken, type World } from './make-random.js';
import { DRAWS } from './make-random-draws.js';

/** What an address shows its process: contents, zeros where nothing lies; NOTHING outside of private memory. */
function shown(model: Model, mm: number, vpn: number): number {
  const { state, pte, machine } = model;
  const vma = vmaAt(model, mm, vpn);
  if (vma < 0 || !vmaIsAnonymous(model, vma) || !isCow(model, vma)) return NOTHING;
  const entry = entryAt(model, mm, vpn, 'pte');
  if (entry === NONE) return 0;
  if (pte.is.present(entry)) return state.get(Frame.content, machine.memory.frame(pte.pfn(entry)));
  const { what } = pte.absent(entry);
  if (what !== 'swap') return NOTHING;
  const slot = swapSlotOf(model, entry);
  const cached = state.ref(SwapSlot.frame, slot);
  return cached < 0 ? state.get(SwapSlot.content, slot) : state.get(Frame.content, cached);
}
const NOTHING = -1;

/** What every process sees of the world's places. */
function views({ model, places }: World): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (let mm = 0; mm < model.state.layout.capacities.mm; mm++) {
    if (model.state.get(Mm.used, mm) === 0) continue;
    found.set(
      mm,
      places.map((vpn) => shown(model, mm, vpn)),
    );
  }
  return found;
}

/** What is asked for by these changes what their process sees. */
const CHANGES = ['munmap', 'mmap', 'mremap', 'zap'];
/** Advice may throw contents away later than it is given (MADV_FREE). */
const WITHOUT_ADVICE = DRAWS.filter(({ name }) => name !== 'madvise');

/** After a step: nobody sees anything else than before, but for who asked for it. */
function expectSame(world: World, before: Map<number, number[]>, { name, value, at }: Taken): void {
  const now = views(world);
  for (const [mm, seen] of now) {
    const isChild = name === 'fork' && mm === value;
    if (mm === at.mm && CHANGES.includes(name)) continue;
    const expected = [...(before.get(isChild ? at.mm : mm) as number[])];
    if (name === 'write' && mm === at.mm && value === 0) {
      world.places.forEach((vpn, i) => {
        if (vpn === at.vpn && expected[i] !== NOTHING) expected[i] = at.choice % 4;
      });
    }
    expect({ name, mm, seen }).toEqual({ name, mm, seen: expected });
  }
}

describe.each(ARCHITECTURES)('processes see what they wrote on %s', (arch) => {
  it.each(['v5.18', 'rmap-log/7', 'v6.12', 'v6.18-fixed', 'v7.2'])('%s', (revision) => {
    for (const kind of ['small', 'large folios'] as const) {
      const world = makeWorld(arch, revision, kind);
      fc.assert(
        fc.property(rawSteps, (steps) => {
          world.model.state = world.start.copy();
          let before = views(world);
          runSteps(
            world,
            steps,
            (taken) => {
              if (taken.bug !== undefined) return;
              expectSame(world, before, taken);
              before = views(world);
            },
            WITHOUT_ADVICE,
          );
        }),
        { numRuns: 30 },
      );
    }
  });
});
