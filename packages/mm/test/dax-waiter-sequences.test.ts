import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daxBreakLayout, daxPunchHole, daxTruncate, goOn } from '../src/dax/change-file.js';
import { daxLockEntry, daxUnlockEntry } from '../src/dax/lock-entry.js';
import { answerOf, sendSignal } from '../src/dax/waiter.js';
import { ERRNO } from '../src/errno.js';
import { readMemory, writeMemory } from '../src/fault/access.js';
import { FOLL } from '../src/gup/flags.js';
import { getUserPages } from '../src/gup/get-user-pages.js';
import { putReference } from '../src/gup/reference.js';
import { checkInvariants, Mapping, Model, Reference, run, Waiter } from '../src/index.js';
import { zapVmaRange } from '../src/zap/zap-range.js';
import { mappedDax, SHARED, VPN } from './dax.js';

const PAGES = 4;
const TASKS = 4;

/** Answers every task that ended, and makes room for others. */
function reap(model: Model): number[] {
  const answers: number[] = [];
  for (let task = 0; task < TASKS; task++) {
    if (model.state.get(Waiter.used, task) === 0) continue;
    goOn(model, task);
    const answer = answerOf(model, task);
    if (answer === undefined) continue;
    answers.push(answer);
    model.state.clear('waiter', task);
  }
  return answers;
}

const hasRoom = (model: Model): boolean => model.state.nextZero(Waiter.used, 0, TASKS) >= 0;
/** The file grows again, but not while somebody truncates it: faults then find no file there. */
function sizeBack(model: Model): void {
  for (let task = 0; task < TASKS; task++) {
    const used = model.state.get(Waiter.used, task) === 1;
    if (used && answerOf(model, task) === undefined) return;
  }
  model.state.set(Mapping.size, 0, PAGES);
}

/** Steps by name, at a page of the file that is mapped from VPN on. */
const STEPS: Readonly<Record<string, (model: Model, page: number) => void>> = {
  read: (model, page) => readMemory(model, 0, VPN + page),
  write: (model, page) => writeMemory(model, 0, VPN + page, 1 + page),
  zap: (model) => zapVmaRange(model, 0, VPN, VPN + PAGES),
  pin: (model, page) => getUserPages(model, 0, VPN + page, 1, FOLL.PIN | FOLL.WRITE),
  unpin: (model, page) => {
    if (model.state.get(Reference.used, page) === 1) putReference(model, page);
  },
  lock: (model, page) => daxLockEntry(model, 0, page),
  unlock: (model, page) => daxUnlockEntry(model, 0, page),
  truncate: (model, page) => {
    if (hasRoom(model)) daxTruncate(model, 0, page);
    sizeBack(model);
  },
  punch: (model, page) => {
    if (hasRoom(model)) daxPunchHole(model, 0, page, PAGES);
  },
  'break layout': (model, page) => {
    if (hasRoom(model)) daxBreakLayout(model, 0, page, page + 1);
  },
  signal: (model, page) => sendSignal(model, page),
  'go on': (model, page) => {
    if (model.state.get(Waiter.used, page) === 1) goOn(model, page);
    sizeBack(model);
  },
};

const sequences = fc.array(
  fc.record({ step: fc.constantFrom(...Object.keys(STEPS)), page: fc.nat(PAGES - 1) }),
  { maxLength: 40, size: 'max' },
);

describe.each(['v6.9', 'v6.12', 'dax-v6/3', 'v6.17', 'v7.2'])(
  'tasks that change a DAX file, on %s',
  (revision) => {
    const { model: origin } = mappedDax(revision, SHARED, PAGES);

    it('come to an end once nobody uses the file any more', () => {
      fc.assert(
        fc.property(sequences, (steps) => {
          const model = new Model(origin.machine, origin.state.copy());
          for (const { step, page } of steps) {
            const outcome = run(model, () => STEPS[step]?.(model, page));
            expect(outcome.bug).toBeUndefined();
            expect(checkInvariants(model)).toEqual([]);
          }
          for (let at = 0; at < model.state.layout.capacities.reference; at++) {
            if (model.state.get(Reference.used, at) === 1) putReference(model, at);
          }
          STEPS.zap?.(model, 0);
          const answers: number[] = [];
          // A task can fall asleep on an entry once more each time that it is woken.
          for (let round = 0; round < 2 * PAGES; round++) {
            for (let page = 0; page < PAGES; page++) daxUnlockEntry(model, 0, page);
            answers.push(...reap(model));
          }
          expect(model.state.next(Waiter.used, 0, TASKS)).toBe(-1);
          for (const answer of answers) expect([0, ERRNO.ERESTARTSYS]).toContain(answer);
          expect(checkInvariants(model)).toEqual([]);
        }),
        { numRuns: 60 },
      );
    });
  },
);
