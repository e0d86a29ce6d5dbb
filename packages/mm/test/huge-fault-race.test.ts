import { describe, expect, it } from 'vitest';
import { ERRNO } from '../src/errno.js';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import {
  checkInvariants,
  InFlight,
  type Model,
  mustWait,
  NONE,
  newVma,
  OPERATIONS,
  packState,
} from '../src/index.js';
import { advance } from '../src/race/advance.js';
import { beginHugeFault } from '../src/race/huge-fault.js';
import type { Progress } from '../src/race/progress.js';
import { entryAt } from '../src/tables/tables.js';
import { HPN, mappedDax, PRIVATE, SHARED, VPN } from './dax.js';

const packed = ({ machine, state }: Model) => packState(machine, state);

/** Lets a fault run to its end. */
function finish(model: Model, operation: number): Progress[] {
  const came: Progress[] = [];
  while (model.state.get(InFlight.used, operation) !== 0) came.push(advance(model, operation));
  return came;
}

describe('a fault of a PMD that nobody disturbs', () => {
  it.each([
    ['a hole is read', SHARED, HPN, false, ['finds the PMD empty', 'maps a PMD']],
    ['blocks are written', SHARED, HPN, true, ['finds the PMD empty', 'maps a PMD']],
    [
      'a private page is written',
      PRIVATE,
      HPN,
      true,
      ['finds the PMD empty', 'falls back to pages', 'maps a page'],
    ],
    [
      'the file is too short',
      SHARED,
      HPN - 1,
      false,
      ['finds the PMD empty', 'falls back to pages', 'maps a page'],
    ],
  ])('comes to the same state as at once: %s', (_, flags, pages, write, steps) => {
    for (const revision of ['v6.12', 'rfc-2025-06/6', 'v7.2']) {
      const slow = mappedDax(revision, flags, pages);
      const quick = mappedDax(revision, flags, pages);
      expect(finish(slow.model, beginHugeFault(slow.model, slow.vma, VPN + 3, write))).toEqual(
        steps,
      );
      handleMmFault(quick.model, quick.vma, VPN + 3, write ? FAULT_FLAG.WRITE : 0);
      expect(packed(slow.model)).toEqual(packed(quick.model));
      expect(checkInvariants(slow.model)).toEqual([]);
    }
  });
});

describe('two faults that read one hole (SPEC 3.16, 15.8)', () => {
  /** Both find the PMD empty; then one after the other goes on. */
  function both(revision: string) {
    const dax = mappedDax(revision, SHARED, HPN);
    const { model, vma } = dax;
    const first = beginHugeFault(model, vma, VPN + 3, false);
    const second = beginHugeFault(model, vma, VPN + 4, false);
    advance(model, first);
    advance(model, second);
    expect(finish(model, first)).toEqual(['maps a PMD']);
    return { ...dax, came: finish(model, second) };
  }

  it.each(['v6.12', 'v6.17', 'rfc-2025-06/6'])('%s: the second takes the PMD away', (revision) => {
    const { model, mm, came } = both(revision);
    expect(came).toEqual(['falls back where a PMD maps it by now', 'maps a page']);
    expect(entryAt(model, mm, VPN + 3, 'pmd')).toBe(NONE);
    expect(entryAt(model, mm, VPN + 4, 'pte')).not.toBe(NONE);
    expect(checkInvariants(model)).toEqual([]);
  });

  it.each(['rfc-2025-06/7', 'v6.18', 'v7.2'])('%s: the second leaves it there', (revision) => {
    const { model, mm, came } = both(revision);
    expect(came).toEqual(['is content with the PMD that is there']);
    expect(entryAt(model, mm, VPN + 3, 'pmd')).not.toBe(NONE);
    expect(checkInvariants(model)).toEqual([]);
  });
});

it('keeps mmap_lock from forks and the like, and not from other faults', () => {
  const { model, mm, vma } = mappedDax('v6.18', SHARED, HPN);
  const fault = beginHugeFault(model, vma, VPN, false);
  const at = { mm, vma, vpn: VPN };
  const waits = (name: string, args: object): boolean => {
    const operation = OPERATIONS.find((each) => each.name === name);
    if (operation === undefined) throw new Error(name);
    return mustWait(model, operation, args);
  };
  expect(waits('fork', { process: mm })).toBe(true);
  expect(waits('munmap', { at, pages: 1 })).toBe(true);
  expect(waits('begin_huge_fault', { at, write: true })).toBe(false);
  expect(waits('advance', { operation: fault })).toBe(false);
  finish(model, fault);
  expect(waits('fork', { process: mm })).toBe(false);
});

it('is not begun where no driver maps by PMDs', () => {
  const { model, mm } = mappedDax('v6.18', SHARED, HPN);
  const vma = newVma(model, mm, { start: VPN + 4 * HPN, end: VPN + 4 * HPN + 1, flags: 3n });
  expect(beginHugeFault(model, vma, VPN + 4 * HPN, false)).toBe(ERRNO.EINVAL);
});
