import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daxBreakLayout, daxPunchHole, daxTruncate } from '../src/dax/change-file.js';
import { daxWriteback } from '../src/dax/writeback.js';
import { readMemory, writeMemory } from '../src/fault/access.js';
import { forkMm } from '../src/fork/fork.js';
import { FOLL } from '../src/gup/flags.js';
import { getUserPages } from '../src/gup/get-user-pages.js';
import { putReference } from '../src/gup/reference.js';
import { checkInvariants, Mapping, Mm, Model, newVma, Reference, run } from '../src/index.js';
import { exitMm } from '../src/vma/exit.js';
import { vmaAt } from '../src/vma/vma.js';
import { zapVmaRange } from '../src/zap/zap-range.js';
import { HPN, interrupted, mappedDax, PRIVATE, SHARED, VPN } from './dax.js';

/** A shared and a private VMA of the same file, each as large as a PMD maps. */
const STRIDE = 4 * HPN;

/** Steps by name, at a page of a VMA of a process that lives. */
const STEPS: Readonly<Record<string, (model: Model, mm: number, vpn: number) => void>> = {
  read: (model, mm, vpn) => readMemory(model, mm, vpn),
  write: (model, mm, vpn) => writeMemory(model, mm, vpn, 1 + (vpn % 7)),
  'zap a page': (model, mm, vpn) => zapVmaRange(model, vmaAt(model, mm, vpn), vpn, vpn + 1),
  'zap all': (model, mm, vpn) => zapVmaRange(model, vmaAt(model, mm, vpn), 0, 2 * VPN + STRIDE),
  fork: (model, mm) => {
    if (model.state.get(Mm.used, 2) === 0) forkMm(model, mm);
  },
  exit: (model, mm) => {
    if (mm > 0) exitMm(model, mm);
  },
  pin: (model, mm, vpn) => getUserPages(model, mm, vpn, 1, FOLL.PIN),
  unpin: (model) => {
    if (model.state.get(Reference.used, 0) === 1) putReference(model, 0);
  },
  truncate: (model, _mm, vpn) => {
    interrupted(model, daxTruncate(model, 0, vpn % HPN));
    model.state.set(Mapping.size, 0, HPN);
  },
  punch: (model, _mm, vpn) => interrupted(model, daxPunchHole(model, 0, vpn % HPN, HPN)),
  'break layout': (model) => interrupted(model, daxBreakLayout(model, 0, 0, HPN)),
  writeback: (model) => daxWriteback(model, 0, 0, HPN),
};

const sequences = fc.array(
  fc.record({
    step: fc.constantFrom(...Object.keys(STEPS)),
    process: fc.nat(2),
    isPrivate: fc.boolean(),
    page: fc.constantFrom(0, 1, 7, HPN - 1),
  }),
  { maxLength: 30, size: 'max' },
);

describe.each(['v6.12', 'dax-v6/0', 'dax-v6/20', 'v6.17', 'v6.18', 'v7.2'])(
  'a DAX file that PMDs map, on %s',
  (revision) => {
    const { model: origin, mapping } = mappedDax(revision, SHARED, HPN);
    const start = VPN + STRIDE;
    newVma(origin, 0, { start, end: start + HPN, flags: PRIVATE, pgoff: 0, ops: 0, mapping });

    it('keeps all invariants whatever happens to it', () => {
      fc.assert(
        fc.property(sequences, (steps) => {
          const model = new Model(origin.machine, origin.state.copy());
          for (const { step, process, isPrivate, page } of steps) {
            const mm = model.state.get(Mm.used, process) === 1 ? process : 0;
            const vpn = VPN + (isPrivate ? STRIDE : 0) + page;
            const outcome = run(model, () => STEPS[step]?.(model, mm, vpn));
            expect(outcome.bug).toBeUndefined();
            expect(outcome.events.filter((event) => event.kind !== 'note')).toEqual([]);
            expect(checkInvariants(model)).toEqual([]);
          }
        }),
        { numRuns: 40 },
      );
    });
  },
);
