import { VM_MAYWRITE, VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { forkMm } from '../src/fork/fork.js';
import { Model, newMm, newVma, packState, unpackState } from '../src/index.js';
import { ARCHITECTURES, machineOf } from './machines.js';

const VPN = 0x7f00_0000_0;

/** Faults in an order, after which the state is the same. */
function faulted(arch: string, order: readonly number[]): Model {
  const model = new Model(machineOf(arch, 'v6.12'));
  const mm = newMm(model);
  const vma = newVma(model, mm, { start: VPN, end: VPN + 8, flags: 3n | VM_WRITE | VM_MAYWRITE });
  handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE);
  for (const page of order) handleMmFault(model, vma, VPN + page, 0);
  forkMm(model, mm);
  return model;
}

describe.each(ARCHITECTURES)('packed states on %s', (arch) => {
  it('are equal for equal states, though words were met in another order', () => {
    const [a, b] = [faulted(arch, [1, 2, 5]), faulted(arch, [5, 2, 1])];
    const packed = packState(a.machine, a.state);
    expect(packState(b.machine, b.state)).toEqual(packed);
    expect(packed.length).toBeLessThan(4096);
  });

  it('come back as they were, on another machine of the same kind', () => {
    const { machine, state } = faulted(arch, [1, 2]);
    const packed = packState(machine, state);
    const other = machineOf(arch, 'v6.12');
    const back = unpackState(other, packed);
    expect(packState(other, back)).toEqual(packed);
    expect(packState(machine, state.copy())).toEqual(packed);
  });

  it('differ when anything differs', () => {
    const [a, b] = [faulted(arch, [1]), faulted(arch, [2])];
    expect(packState(a.machine, a.state)).not.toEqual(packState(b.machine, b.state));
  });
});
