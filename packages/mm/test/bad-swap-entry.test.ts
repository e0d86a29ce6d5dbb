import { describe, expect, it } from 'vitest';
import { ERRNO } from '../src/errno.js';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { forkMm } from '../src/fork/fork.js';
import { Mm, Model, newMm, newVma, run, SwapSlot } from '../src/index.js';
import { setEntry, slotAt } from '../src/tables/tables.js';
import { munmap } from '../src/vma/munmap.js';
import { machineOf } from './machines.js';

const VPN = 0x1000;
const RIGHTS = 0x1n | 0x2n | 0x10n | 0x20n;

/** A process whose first entry names a slot, of a swap file, or a frame. */
function holding(revision: string, what: 'swap' | 'migration-read', offset: number, file = 0) {
  const model = new Model(machineOf('x86', revision));
  const mm = newMm(model);
  const vma = newVma(model, mm, { start: VPN, end: VPN + 4, flags: RIGHTS });
  handleMmFault(model, vma, VPN + 1, FAULT_FLAG.WRITE);
  const entry = model.pte.makeAbsent(what, offset, file);
  if (entry === undefined) throw new Error(`no ${what} entries`);
  setEntry(model, slotAt(model, mm, VPN, 'pte'), entry);
  if (what === 'swap') model.state.add(Mm.swapEntries, mm, 1);
  return { model, mm, vma };
}

const said = (model: Model, operation: () => unknown) => {
  const outcome = run(model, operation);
  const ids = outcome.events.map((event) => ('id' in event ? event.id : event.kind));
  return outcome.bug === undefined ? ids : [...ids, 'BUG'];
};

describe.each([
  ['beyond the end of swap', 0x12345, 0],
  ['in the header of swap', 0, 0],
  ['of a swap file that is not there', 1, 3],
])('a swap entry %s', (_, offset, file) => {
  it('is printed at zap, and is a bad page map besides until 6.9', () => {
    for (const [revision, expected] of [
      ['v5.18', ['bad-swap-entry', 'bad-page-map']],
      ['v6.9', ['bad-swap-entry', 'bad-page-map']],
      ['v6.12', ['bad-swap-entry']],
      ['v7.2', ['bad-swap-entry']],
    ] as const) {
      const { model, mm } = holding(revision, 'swap', offset, file);
      expect(
        said(model, () => munmap(model, mm, VPN, 4)),
        revision,
      ).toEqual(expected);
      expect(model.state.get(Mm.swapEntries, mm)).toBe(0);
      // No slot is touched, and nothing that lies beside the slots.
      for (let slot = 0; slot < 64; slot++) {
        expect(model.state.get(SwapSlot.count, slot)).toBe(0);
      }
    }
  });

  it('is met again and again by accesses, and ends a fork', () => {
    const { model, mm, vma } = holding('v6.18', 'swap', offset, file);
    const before = model.state.copy();
    expect(said(model, () => handleMmFault(model, vma, VPN, 0))).toContain('bad-swap-entry');
    before.forEachSet((column, record, value) => {
      expect(model.state.get(column, record)).toBe(value);
    });
    const forked = run(model, () => forkMm(model, mm));
    expect(forked.bug === undefined && forked.value).toBe(ERRNO.ENOMEM);
  });
});

it('a migration entry of a frame without struct page ends the kernel at zap', () => {
  const { model, mm } = holding('v6.18', 'migration-read', 0x7654321);
  expect(said(model, () => munmap(model, mm, VPN, 4))).toEqual(['wild-page', 'BUG']);
});
