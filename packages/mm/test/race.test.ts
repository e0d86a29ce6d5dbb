import { VM_MAYWRITE, VM_WRITE, vmConstant } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { forkMm } from '../src/fork/fork.js';
import { holdRefs } from '../src/frames/held-refs.js';
import {
  checkInvariants,
  FOLL,
  isAnonExclusive,
  Model,
  newMm,
  newVma,
  packState,
  unpackState,
} from '../src/index.js';
import { advance } from '../src/race/advance.js';
import { beginKsmProtect, beginMigrate, beginSwapOut } from '../src/race/begin-unmap.js';
import { beginFork } from '../src/race/fork.js';
import { beginGupFast } from '../src/race/gup-fast.js';
import { BATCH_FLUSH, DEPARTURE, type Departure, SEQUENCE } from '../src/race/kinds.js';
import { beginSplitFolio } from '../src/race/split.js';
import { tryToMigrate } from '../src/rmap/migrate.js';
import { folioMaybeDmaPinned } from '../src/rmap/pins.js';
import { addToSwap } from '../src/rmap/reclaim.js';
import { tryToUnmap } from '../src/rmap/swap-out.js';
import { entryAt } from '../src/tables/tables.js';
import { addVmFlags } from '../src/vma/vma.js';
import { ARCHITECTURES, machineOf } from './machines.js';
import { type Order, ordersOf, type Part } from './race-interleavings.js';

const VPN = 0x1_0000;
const HUGE_VPN = VPN + 0x2000;
const WRITE_PIN = FOLL.PIN | FOLL.WRITE;

/** A process that has written one page. */
function onePage(revision: string, arch = 'x86') {
  const machine = machineOf(arch, revision);
  const model = new Model(machine);
  const mm = newMm(model);
  const mergeable = vmConstant(machine.form.definition, 'VM_MERGEABLE') ?? 0n;
  const flags = 3n | VM_WRITE | VM_MAYWRITE | mergeable;
  const vma = newVma(model, mm, { start: VPN, end: VPN + 1, flags });
  handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE);
  const frame = machine.memory.frame(model.pte.pfn(entryAt(model, mm, VPN, 'pte')));
  return { model, mm, vma, frame };
}

const BEGIN = { migrate: beginMigrate, 'swap-out': beginSwapOut, ksm: beginKsmProtect } as const;
type What = keyof typeof BEGIN;
const UNMAP_STEPS: Readonly<Record<Departure, number>> = {
  none: 5,
  'no clear, no flush': 3,
  'pins first': 5,
  'no flush': 4,
  'no flush, clear seen late': 4,
};

/** GUP-fast (G) against an unmapping (U), whose clear may be seen late (V), in every order. */
function race(what: What, departure: Departure, revision = 'rmap-log/7', flags = 0) {
  const { model, mm, vma, frame } = onePage(revision);
  const gup = beginGupFast(model, mm, vma, VPN, WRITE_PIN, SEQUENCE.together);
  const request = { vma, vpn: VPN, departure: DEPARTURE[departure], flags };
  const unmap = BEGIN[what](model, request);
  const steps = UNMAP_STEPS[departure];
  const parts: Part[] = [
    { name: 'G', steps: 3, operation: 'advance', record: gup },
    { name: 'U', steps, operation: 'advance', record: unmap },
  ];
  if (departure === 'no flush, clear seen late') {
    parts.push({ name: 'V', steps: 1, operation: 'store_seen', record: unmap });
  }
  const orders = ordersOf(model, parts);
  const bad = orders.filter(({ state }) => {
    model.state = state;
    return folioMaybeDmaPinned(model, frame) && !isAnonExclusive(model, frame);
  });
  return { model, orders, bad: bad.map(({ order }) => order.join('')) };
}

describe('GUP-fast against an unmapping in every order (SPEC 15.59, 15.60)', () => {
  const ROWS: readonly (readonly [Departure, number, number, string | undefined])[] = [
    ['none', 38, 0, undefined],
    ['no clear, no flush', 20, 7, 'UUGGGU'],
    ['pins first', 29, 2, 'UGGGUUUU'],
    ['no flush', 35, 0, undefined],
    ['no flush, clear seen late', 168, 13, 'UUUGGGVU'],
  ];
  const kinds = Object.keys(BEGIN) as What[];
  it.each(kinds.flatMap((what) => ROWS.map((row) => [what, ...row] as const)))(
    '%s, %s: of %d orders %d leave a pinned page that is not exclusive',
    (what, departure, orders, bad, witness) => {
      const found = race(what, departure);
      expect(found.orders).toHaveLength(orders);
      expect(found.bad).toHaveLength(bad);
      if (witness !== undefined) expect(found.bad).toContain(witness);
    },
  );

  it('before pages are marked, migration and swap-out ask nobody: every pin is left behind', () => {
    for (const what of ['migrate', 'swap-out'] as const) {
      const { orders } = race(what, 'none', 'rmap-log/6');
      expect(orders.every(({ came }) => came.includes('asks nobody for pins'))).toBe(true);
      const kept = orders.filter(({ came }) => came.includes('entry as before: keeps it'));
      expect(kept).toHaveLength(1);
      expect(kept[0]?.came.at(-1)).toBe('writes the entry');
    }
  });

  it('KSM finds the pin by the reference before and after', () => {
    const restored = ({ came }: Order) => came.includes('finds a reference: restores the entry');
    for (const revision of ['rmap-log/6', 'rmap-log/7']) {
      const { orders } = race('ksm', 'none', revision);
      expect(orders.filter(restored).length).toBeGreaterThan(0);
      for (const order of orders) {
        if (order.came.includes('entry as before: keeps it')) expect(restored(order)).toBe(true);
      }
    }
  });
});

describe('the flush of a batch (SPEC 24.3, 15.60)', () => {
  const putsOff = (what: What, revision: string) => {
    const { model, orders, bad } = race(what, 'none', revision, BATCH_FLUSH);
    if (model.has('anon-exclusive')) expect(bad).toEqual([]);
    const off = orders.filter(({ came }) => came.includes('puts the flush off')).length;
    return off === 0 ? 'never' : off === orders.length ? 'always' : 'sometimes';
  };

  it('is put off for exclusive pages where barriers make up for it, and before there are any', () => {
    expect(
      ['v5.18', 'rmap-log/6', 'rmap-log/7', 'rmap-log/10', 'v6.1', 'v6.9'].map((revision) =>
        putsOff('swap-out', revision),
      ),
    ).toEqual(['always', 'always', 'never', 'never', 'always', 'always']);
  });

  it('is put off by migration from 6.3 on, and never by KSM', () => {
    expect(['v6.1', 'v6.9', 'v7.2'].map((revision) => putsOff('migrate', revision))).toEqual([
      'never',
      'always',
      'always',
    ]);
    expect(putsOff('ksm', 'v7.2')).toBe('never');
  });
});

describe('GUP-fast against fork (SPEC 5.7)', () => {
  function forkRace(sequence: number, gupSteps: number) {
    const { model, mm, vma, frame } = onePage('v6.18');
    const gup = beginGupFast(model, mm, vma, VPN, WRITE_PIN, sequence);
    const fork = beginFork(model, vma, VPN);
    const parts: Part[] = [
      { name: 'G', steps: gupSteps, operation: 'advance', record: gup },
      { name: 'F', steps: 4, operation: 'advance', record: fork },
    ];
    const orders = ordersOf(model, parts);
    const bad = orders.filter(({ state }) => {
      model.state = state;
      return folioMaybeDmaPinned(model, frame) && !isAnonExclusive(model, frame);
    });
    return [orders.length, bad.length];
  }

  it('write_protect_seq keeps a pinned page from being shared; without it some orders share it', () => {
    expect(forkRace(SEQUENCE.together, 3)).toEqual([35, 0]);
    expect(forkRace(SEQUENCE.apart, 5)).toEqual([126, 0]);
    const [orders, bad] = forkRace(SEQUENCE.never, 3);
    expect(orders).toBe(35);
    expect(bad).toBeGreaterThan(0);
  });

  it('in steps comes to the same state as at once', () => {
    const inSteps = onePage('v6.18');
    const fork = beginFork(inSteps.model, inSteps.vma, VPN);
    for (let i = 0; i < 4; i++) advance(inSteps.model, fork);
    const atOnce = onePage('v6.18');
    forkMm(atOnce.model, atOnce.mm);
    expect(packState(inSteps.model.machine, inSteps.model.state)).toEqual(
      packState(atOnce.model.machine, atOnce.model.state),
    );
  });
});

describe('an unmapping that nobody disturbs', () => {
  const stepped = (what: What, revision: string, arch: string) => {
    const { model, vma } = onePage(revision, arch);
    const operation = BEGIN[what](model, { vma, vpn: VPN, departure: 0, flags: 0 });
    for (let i = 0; i < 5; i++) advance(model, operation);
    return packState(model.machine, model.state);
  };
  const REVISIONS = ['v5.18', 'rmap-log/7', 'v6.1', 'v7.2'];

  it.each(REVISIONS.flatMap((revision) => ARCHITECTURES.map((arch) => [revision, arch] as const)))(
    'comes to the same state as at once: %s on %s',
    (revision, arch) => {
      const { model, frame } = onePage(revision, arch);
      holdRefs(model, frame, 1);
      tryToMigrate(model, frame);
      expect(stepped('migrate', revision, arch)).toEqual(packState(model.machine, model.state));
      const swapped = onePage(revision, arch);
      addToSwap(swapped.model, swapped.frame);
      tryToUnmap(swapped.model, swapped.frame);
      expect(stepped('swap-out', revision, arch)).toEqual(
        packState(swapped.model.machine, swapped.model.state),
      );
    },
  );

  it('leaves pages of locked VMAs alone', () => {
    const { model, vma } = onePage('v6.18');
    addVmFlags(model, vma, 'VM_LOCKED');
    const operation = beginSwapOut(model, { vma, vpn: VPN, departure: 0, flags: 0 });
    expect(advance(model, operation)).toBe('finds the VMA locked');
    expect(advance(model, operation)).toBe('over');
  });
});

describe('states in between', () => {
  it.each(ARCHITECTURES)('come back from bytes as they were on %s', (arch) => {
    const { model, mm, vma } = onePage('v6.18', arch);
    const gup = beginGupFast(model, mm, vma, VPN, WRITE_PIN, SEQUENCE.together);
    const unmap = beginMigrate(model, { vma, vpn: VPN, departure: 0, flags: 0 });
    for (const each of [gup, unmap, gup]) {
      advance(model, each);
      const bytes = packState(model.machine, model.state);
      const other = machineOf(arch, 'v6.18');
      expect(packState(other, unpackState(other, bytes))).toEqual(bytes);
    }
  });

  it.each(ARCHITECTURES)('keep the invariants in every order on %s', (arch) => {
    const asked = (model: Model, parts: readonly Part[]) =>
      ordersOf(model, parts, () => expect(checkInvariants(model)).toEqual([])).length;
    const races = (Object.keys(BEGIN) as What[]).map((what) => {
      const { model, mm, vma } = onePage('v6.18', arch);
      const gup = beginGupFast(model, mm, vma, VPN, WRITE_PIN, SEQUENCE.together);
      const unmap = BEGIN[what](model, { vma, vpn: VPN, departure: 0, flags: 0 });
      return asked(model, [advances(gup, 3), { ...advances(unmap, 5), name: 'U' }]);
    });
    const { model, mm, vma } = onePage('v6.18', arch);
    const gup = beginGupFast(model, mm, vma, VPN, WRITE_PIN, SEQUENCE.apart);
    const fork = beginFork(model, vma, VPN);
    races.push(asked(model, [advances(gup, 5), { ...advances(fork, 4), name: 'F' }]));
    // Without GUP-fast its steps find nothing, and nobody waits for them.
    expect(races).toEqual(arch === 'um' ? [56, 56, 56, 126] : [38, 38, 38, 126]);
  });

  it('keep the invariants while a folio is split', () => {
    const machine = machineOf('x86', 'v6.18', { ramFrames: 2048 });
    const model = new Model(machine);
    const mm = newMm(model);
    const hugepage = vmConstant(machine.form.definition, 'VM_HUGEPAGE') ?? 0n;
    const flags = 3n | VM_WRITE | VM_MAYWRITE | hugepage;
    const vma = newVma(model, mm, { start: HUGE_VPN, end: HUGE_VPN + 512, flags });
    handleMmFault(model, vma, HUGE_VPN, FAULT_FLAG.WRITE);
    const folio = machine.memory.frame(model.pmd.pfn(entryAt(model, mm, HUGE_VPN, 'pmd')));
    const gup = beginGupFast(model, mm, vma, HUGE_VPN, WRITE_PIN, SEQUENCE.together);
    const split = beginSplitFolio(model, folio);
    const parts = [advances(gup, 3), { ...advances(split, 3), name: 'S' }];
    const orders = ordersOf(model, parts, () => expect(checkInvariants(model)).toEqual([]));
    expect(orders).toHaveLength(10);
    const missed = orders.filter(({ came }) => came.includes('cannot freeze it: maps it again'));
    expect(missed.map(({ order }) => order.join(''))).toEqual(['GSGGSS', 'SGGGSS']);
  });
});

/** A part that advances an operation. */
function advances(record: number, steps: number): Part {
  return { name: 'G', steps, operation: 'advance', record };
}
