import {
  type Model,
  VM_FAULT,
  Vma,
  type VmFault,
  type VmOps,
  vmfInsertMixed,
  vmfInsertPageMkwrite,
  vmfInsertPfn,
  vmInsertPage,
} from '@pagewright/mm';
import type { VmaFile } from '../format/definition.js';
import { partsOf } from '../format/words.js';
import type { World } from './world.js';

type Handlers = NonNullable<VmaFile['ops']>;
type FaultHandler = NonNullable<Handlers['fault']>;

/** FAULT_FLAG_WRITE. */
const WRITE = 1;

/**
 * vm_operations_struct of a VMA's driver as the scenario describes it. The world is asked when a
 * handler runs, since it is made after the machine.
 */
export function vmOpsOf(name: string, handlers: Handlers, world: () => World): VmOps {
  const { fault, find_normal_page: hook } = handlers;
  return {
    name,
    ...(fault === undefined
      ? {}
      : { fault: (model: Model, vmf: VmFault) => runFault(model, world(), fault, vmf) }),
    ...(handlers.page_mkwrite === true ? { pageMkwrite: () => 0 } : {}),
    ...(handlers.pfn_mkwrite === true ? { pfnMkwrite: () => 0 } : {}),
    ...(hook === undefined
      ? {}
      : {
          findNormalPage: (model: Model, vma: number, vpn: number) =>
            frameFor(model, world(), hook, vma, vpn),
        }),
  };
}

/** The page that a VMA has at an address: one page for all, or those of a run in order. */
function frameFor(model: Model, world: World, text: string, vma: number, vpn: number): number {
  const { name, offset } = partsOf(text);
  const { frame, pages } = world.get(name, 'page');
  const index = offset + vpn - model.state.get(Vma.start, vma);
  return frame + (pages === 1 ? 0 : Math.min(index, pages - 1));
}

function runFault(model: Model, world: World, handler: FaultHandler, vmf: VmFault): number {
  const { vma, vpn } = vmf;
  const { name, offset } = partsOf(handler.page);
  const { pfn, pages } = world.get(name, 'page');
  const index = offset + vpn - model.state.get(Vma.start, vma);
  const at = pfn + (pages === 1 ? 0 : index);
  const frame = model.machine.memory.frame(at);
  switch (handler.operation) {
    case 'vmf_insert_pfn':
      return vmfInsertPfn(model, vma, vpn, at);
    case 'vmf_insert_mixed':
      return vmfInsertMixed(model, vma, vpn, at);
    case 'vmf_insert_page_mkwrite':
      return vmfInsertPageMkwrite(model, vma, vpn, frame, (vmf.flags & WRITE) !== 0);
    case 'vm_insert_page':
      return vmInsertPage(model, vma, vpn, frame) === 0 ? VM_FAULT.NOPAGE : VM_FAULT.SIGBUS;
  }
}
