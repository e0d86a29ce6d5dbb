import { AnonVma, Avc, Vma } from '../state/columns.js';
import type { Census } from './census.js';
import { nextUsed } from './next-used.js';

/** I19 to I21: anon_vmas, their users and their counters. */
export function checkAnonVmas(census: Census): void {
  countLinks(census);
  countUsers(census);
  const { model, users, children, countersApart } = census;
  const { state } = model;
  const { anonVma: count } = state.layout.capacities;
  for (let at = nextUsed(state, AnonVma.used, 0, count); at >= 0; ) {
    const active = users[at] as number;
    const below = children[at] as number;
    if (countersApart) {
      census.expect('I21', 'num_active_vmas is not recounted', AnonVma.numActiveVmas, at, active);
      census.expect('I21', 'num_children is not recounted', AnonVma.numChildren, at, below);
    } else census.expect('I21', 'degree is not recounted', AnonVma.degree, at, active + below);
    at = nextUsed(state, AnonVma.used, at + 1, count);
  }
}

/** Finds the anon_vmas that some VMA is linked to: they are children of their parents. */
function countLinks({ model, linked, children }: Census): void {
  const { state } = model;
  const { avc: avcs } = state.layout.capacities;
  for (let avc = nextUsed(state, Avc.used, 0, avcs); avc >= 0; ) {
    const at = state.ref(Avc.anonVma, avc);
    if (linked[at] === 0) {
      linked[at] = 1;
      const parent = state.ref(AnonVma.parent, at);
      if (parent >= 0 && state.get(AnonVma.used, at) !== 0) (children[parent] as number)++;
    }
    avc = nextUsed(state, Avc.used, avc + 1, avcs);
  }
}

/** Counts users, and looks at each VMA and the one behind it. */
function countUsers(census: Census): void {
  const { model, users, userMm } = census;
  const { state } = model;
  const { vma: vmas } = state.layout.capacities;
  for (let vma = nextUsed(state, Vma.anonVma, 0, vmas); vma >= 0; ) {
    const own = state.ref(Vma.anonVma, vma);
    const mm = state.ref(Vma.mm, vma);
    (users[own] as number)++;
    const other = (userMm[own] as number) - 1;
    if (other >= 0 && other !== mm) {
      census.wrong('I20', 'VMAs of two processes have one anon_vma for their own', {
        anonVma: own,
        mm,
        other,
      });
    }
    userMm[own] = mm + 1;
    checkNeighbour(census, vma, own);
    vma = nextUsed(state, Vma.anonVma, vma + 1, vmas);
  }
}

/** I19: neighbours with one anon_vma are linked to the same ones. */
function checkNeighbour(census: Census, vma: number, own: number): void {
  const { state } = census.model;
  const next = state.ref(Vma.next, vma);
  if (next < 0 || state.ref(Vma.anonVma, next) !== own) return;
  let a = state.ref(Vma.firstAvc, vma);
  let b = state.ref(Vma.firstAvc, next);
  while (a >= 0 && b >= 0 && state.get(Avc.anonVma, a) === state.get(Avc.anonVma, b)) {
    a = state.ref(Avc.next, a);
    b = state.ref(Avc.next, b);
  }
  if (a < 0 && b < 0) return;
  census.wrong('I19', 'neighbours of one anon_vma have different chains', {
    vma,
    next,
    anonVma: own,
  });
}
