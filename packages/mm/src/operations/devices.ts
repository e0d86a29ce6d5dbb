import { p2pmemAllocMmap, poolPages } from '../devices/p2pmem.js';
import { migrateVmaCollect } from '../rmap/migrate-vma.js';
import { Frame, Global, Pgmap } from '../state/columns.js';
import { underLock } from './lock.js';
import { AT, COUNT, operation, PAGE, SWITCH, VMA } from './operation.js';

/** Memory of PCI devices, and a machine that has no memory left (SPEC 11.2, 15.27). */
export const deviceOperations = [
  operation(
    'p2pmem_alloc_mmap',
    'memory of a PCI device fills a VMA; `pooled`: its pages that are free, `users`: what keeps the device',
    'error',
    { vma: VMA, device: PAGE },
    (model, { vma, device }) => {
      const pgmap = model.state.ref(Frame.pgmap, device);
      const value = underLock(model, vma.mm, 'write', () => p2pmemAllocMmap(model, vma.vma, pgmap));
      const users = model.state.get(Pgmap.users, pgmap);
      return { value, more: { pooled: poolPages(model, pgmap), users } };
    },
  ),
  operation(
    'migrate_vma_collect',
    'how many pages of a range may move to a device of page map owner 0; nothing moves yet',
    'count',
    {
      at: AT,
      pages: COUNT,
      system: SWITCH,
      'device private': SWITCH,
      'device coherent': SWITCH,
    },
    (model, { at, pages, ...select }) =>
      migrateVmaCollect(model, at.vma, at.vpn, at.vpn + pages, {
        system: select.system,
        devicePrivate: select['device private'],
        deviceCoherent: select['device coherent'],
        owner: 0,
      }),
  ),
  operation(
    'run_out_of_tables',
    'no page table can be allocated from now on, or can be with `end`',
    'done',
    { end: SWITCH },
    (model, { end }) => {
      model.state.set(Global.tablesRunOut, 0, end ? 0 : 1);
      return 0;
    },
  ),
];
