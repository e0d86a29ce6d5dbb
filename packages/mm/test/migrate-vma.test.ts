import { expect, it } from 'vitest';
import { newDeviceMemory } from '../src/dax/device.js';
import { type MemoryRange, Pgmap } from '../src/index.js';
import { migrateToDevice } from '../src/rmap/device-private.js';
import { type MigrateSelect, migrateVmaCollect } from '../src/rmap/migrate-vma.js';
import { oneProcess, quietly, read, VPN, write } from './processes.js';

const DEVICE: MemoryRange = { name: 'device', firstPfn: 0x80000, frames: 1, purpose: 'device' };

const NOTHING: MigrateSelect = {
  system: false,
  devicePrivate: false,
  deviceCoherent: false,
  owner: 7,
};

/** A page, the zeropage, nothing, and a page on a device of owner 7. */
function fourPages(revision: string) {
  const { model, vma } = oneProcess('x86', revision, { memory: [DEVICE] });
  const pgmap = newDeviceMemory(model, 'device', 'private');
  model.state.set(Pgmap.owner, pgmap, 7);
  const [device] = model.machine.memory.framesOf('device') as [number];
  write(model, vma, VPN, 1);
  read(model, vma, VPN + 1);
  const moved = write(model, vma, VPN + 3, 2);
  quietly(model, () => migrateToDevice(model, moved, device));
  return (select: Partial<MigrateSelect>) =>
    [0, 1, 2, 3].map((i) =>
      quietly(model, () =>
        migrateVmaCollect(model, vma, VPN + i, VPN + i + 1, { ...NOTHING, ...select }),
      ),
    );
}

it.each(['v6.12', 'dax-v6/10', 'v6.17'])('%s: pages that a driver may move', (revision) => {
  const collected = fourPages(revision);
  expect(collected({ system: true })).toEqual([1, 1, 1, 0]);
  expect(collected({ devicePrivate: true })).toEqual([0, 0, 1, 1]);
  expect(collected({ devicePrivate: true, owner: 8 })).toEqual([0, 0, 1, 0]);
  expect(collected({})).toEqual([0, 0, 1, 0]);
});
