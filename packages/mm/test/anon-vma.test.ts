import { VM_MAYWRITE, VM_WRITE } from '@pagewright/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forkMm } from '../src/fork/fork.js';
import { AnonVma, Avc, Mm, Model, newMm, newVma, run, Vma } from '../src/index.js';
import { anonVmaPrepare } from '../src/rmap/anon-vma.js';
import { exitMm } from '../src/vma/exit.js';
import { splitVma } from '../src/vma/split.js';
import { vmasOf } from '../src/vma/vma.js';
import { machineOf } from './machines.js';
import { revisionWith } from './recorded.js';

const VPN = 0x1000;
const PAGES = 16;

/** `degree`, or children and active VMAs apart. */
const OLD = revisionWith('v6.1', { undoes: ['anon-vma-counters'] });
const NEW = revisionWith('v6.1');

/** A process P0 that has one VMA, with its first page about to be made. */
function begin(revision: typeof OLD) {
  const model = new Model(machineOf('x86', revision));
  const mm = newMm(model);
  const flags = VM_WRITE | VM_MAYWRITE;
  const vma = newVma(model, mm, { start: VPN, end: VPN + PAGES, flags });
  anonVmaPrepare(model, vma);
  return { model, mm, vma };
}

function fork(model: Model, mm: number): number {
  const forked = run(model, () => forkMm(model, mm));
  expect(forked.events).toEqual([]);
  if (forked.bug !== undefined) throw new Error(forked.bug);
  return forked.value;
}

/** anon_vma of a process's VMAs, by address. */
const owners = (model: Model, mm: number): number[] =>
  [...vmasOf(model, mm)].map((vma) => model.state.ref(Vma.anonVma, vma));

/** Names anon_vmas in the order in which they turn up. */
function namesOf() {
  const known: number[] = [];
  return (id: number): string => {
    if (!known.includes(id)) known.push(id);
    return `A${known.indexOf(id)}`;
  };
}

const degrees = ({ state }: Model, ids: readonly number[]): number[] =>
  ids.map((id) => state.get(AnonVma.degree, id));

const counters = ({ state }: Model, ids: readonly number[]): string =>
  ids
    .map((id) => `${state.get(AnonVma.numChildren, id)}/${state.get(AnonVma.numActiveVmas, id)}`)
    .join(' ');

describe('anon_vma that two VMAs adopt (SPEC 15.69)', () => {
  /** fault P0; fork P0->P1; fork P1->P2; exit P1; fork P2->P3; fork P3->P4. */
  function sequence(revision: typeof OLD) {
    const { model, mm: p0 } = begin(revision);
    const p1 = fork(model, p0);
    const p2 = fork(model, p1);
    const [a0, a1, a2] = [p0, p1, p2].map((mm) => owners(model, mm)[0] as number);
    const all = [a0, a1, a2] as number[];
    const before = { degrees: degrees(model, all), counters: counters(model, all) };
    run(model, () => exitMm(model, p1));
    const p3 = fork(model, p2);
    expect(owners(model, p3)).toEqual([a1]);
    const p4 = fork(model, p3);
    return { model, before, all, p2, p4, a2: a2 as number };
  }

  it('with degree, P4 adopts what P2 still uses', () => {
    const { model, before, all, p4, a2 } = sequence(OLD);
    expect(before.degrees).toEqual([3, 2, 1]);
    expect(owners(model, p4)).toEqual([a2]);
    expect(degrees(model, all)).toEqual([3, 2, 2]);
  });

  it('with children and active VMAs apart, P4 gets its own', () => {
    const { model, before, all, p4 } = sequence(NEW);
    expect(before.counters).toBe('2/1 1/1 0/1');
    const [a3] = owners(model, p4) as [number];
    expect(all).not.toContain(a3);
    expect(counters(model, [...all, a3])).toBe('2/1 2/1 0/1 0/1');
  });
});

describe('two VMAs of one process under one anon_vma with different chains (SPEC 15.70)', () => {
  function sequence(revision: typeof OLD) {
    const { model, mm: p0 } = begin(revision);
    const p1 = fork(model, p0);
    const p2 = fork(model, p1);
    run(model, () => exitMm(model, p1));
    const p3 = fork(model, p2);
    for (const mm of [p3, p2]) {
      const [vma] = vmasOf(model, mm);
      splitVma(model, vma as number, VPN + PAGES / 2);
    }
    const p4 = fork(model, p3);
    run(model, () => exitMm(model, p2));
    return { model, p5: fork(model, p4) };
  }
  const chainOf = ({ state }: Model, vma: number, name: (id: number) => string): string[] => {
    const chain: string[] = [];
    for (let avc = state.ref(Vma.firstAvc, vma); avc >= 0; avc = state.ref(Avc.next, avc)) {
      chain.push(name(state.ref(Avc.anonVma, avc)));
    }
    return chain;
  };

  it('happens with degree', () => {
    const { model, p5 } = sequence(OLD);
    const [left, right] = owners(model, p5);
    expect(left).toBe(right);
    const name = namesOf();
    const [l, r] = [...vmasOf(model, p5)].map((vma) => chainOf(model, vma, name));
    expect(l).toEqual(['A0', 'A1', 'A2', 'A3']);
    expect(r).toEqual(['A0', 'A1', 'A2', 'A4']);
  });

  it('does not with the counters apart', () => {
    const { model, p5 } = sequence(NEW);
    const [left, right] = owners(model, p5);
    expect(left).not.toBe(right);
  });
});

describe('anon_vma_prepare() beside a neighbour', () => {
  const two = (pgoff: number, flags = VM_WRITE | VM_MAYWRITE) => {
    const { model, mm, vma } = begin(revisionWith('v6.18'));
    const end = VPN + PAGES;
    const next = newVma(model, mm, { start: end, end: end + 4, flags, pgoff });
    anonVmaPrepare(model, next);
    return {
      model,
      shares: model.state.ref(Vma.anonVma, next) === model.state.ref(Vma.anonVma, vma),
    };
  };

  it('takes its anon_vma where both could be merged', () => {
    const { model, shares } = two(VPN + PAGES);
    expect(shares).toBe(true);
    expect(counters(model, [0])).toBe('1/2');
  });

  it('takes it in spite of other access rights, which mprotect could make equal', () => {
    expect(two(VPN + PAGES, VM_MAYWRITE).shares).toBe(true);
  });

  it('makes a new one where the offsets do not follow each other', () => {
    expect(two(7).shares).toBe(false);
  });

  it('makes a new one after fork, since the neighbour has two then', () => {
    const { model, mm } = begin(revisionWith('v6.18'));
    const child = fork(model, mm);
    const flags = VM_WRITE | VM_MAYWRITE;
    const next = newVma(model, child, { start: VPN + PAGES, end: VPN + PAGES + 4, flags });
    anonVmaPrepare(model, next);
    expect(owners(model, child)[0]).not.toBe(owners(model, child)[1]);
  });
});

/** What the counters must be by the VMAs and anon_vmas that there are. */
function recount({ state }: Model, id: number): string {
  const { vma, anonVma } = state.layout.capacities;
  let children = 0;
  let active = 0;
  for (let i = 0; i < vma; i++) {
    if (state.get(Vma.used, i) === 1 && state.ref(Vma.anonVma, i) === id) active++;
  }
  for (let i = 0; i < anonVma; i++) {
    if (state.get(AnonVma.used, i) === 1 && state.ref(AnonVma.parent, i) === id) children++;
  }
  return `${children}/${active}`;
}

describe.each(['v6.1', 'v6.17', 'v7.2'])('any forks, splits and exits in %s', (revision) => {
  it('leave counters that agree with a recount, and in the end nothing', () => {
    const step = fc.record({ what: fc.constantFrom('fork', 'split', 'exit'), who: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 24 }), (steps) => {
        const { model, mm } = begin(revisionWith(revision));
        const living = [mm];
        for (const { what, who } of steps) {
          const at = who % living.length;
          const which = living[at] as number;
          if (what === 'fork' && living.length < 6) living.push(fork(model, which));
          if (what === 'split') {
            const vma = [...vmasOf(model, which)][0] as number;
            const start = model.state.get(Vma.start, vma);
            const length = model.state.get(Vma.end, vma) - start;
            if (length > PAGES / 4) splitVma(model, vma, start + length / 2);
          }
          if (what === 'exit' && living.length > 1) {
            expect(run(model, () => exitMm(model, which)).events).toEqual([]);
            living.splice(at, 1);
          }
          const { capacities } = model.state.layout;
          for (let id = 0; id < capacities.anonVma; id++) {
            if (model.state.get(AnonVma.used, id) === 0) continue;
            expect(counters(model, [id])).toBe(recount(model, id));
          }
        }
        for (const each of living) {
          expect(run(model, () => exitMm(model, each)).events).toEqual([]);
        }
        const { capacities } = model.state.layout;
        for (let i = 0; i < capacities.anonVma; i++)
          expect(model.state.get(AnonVma.used, i)).toBe(0);
        for (let i = 0; i < capacities.avc; i++) expect(model.state.get(Avc.used, i)).toBe(0);
        for (let i = 0; i < capacities.mm; i++) expect(model.state.get(Mm.used, i)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
