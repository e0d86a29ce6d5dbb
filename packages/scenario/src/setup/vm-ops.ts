import {
  DEVDAX_OPS,
  FILE_OPS,
  type FileKindName,
  FSDAX_OPS,
  type Model,
  SECRETMEM_OPS,
  SHMEM_OPS,
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

/** vm_ops that the kernel itself has for files of a kind. */
const OPS_OF_FILES: Readonly<Partial<Record<FileKindName, VmOps>>> = {
  file: FILE_OPS,
  shmem: SHMEM_OPS,
  secretmem: SECRETMEM_OPS,
  fsdax: FSDAX_OPS,
  devdax: DEVDAX_OPS,
};

/** FAULT_FLAG_WRITE. */
const WRITE = 1;

/**
 * vm_operations_struct of a VMA: its driver's as the scenario describes it, or those that files of the
 * kind have. The world is asked when a handler runs, since it is made after the machine.
 */
export function vmOpsOf(
  name: string,
  vma: VmaFile,
  file: FileKindName | undefined,
  world: () => World,
): VmOps {
  if (vma.ops === undefined) return OPS_OF_FILES[file ?? 'device'] ?? { name };
  const { fault, find_normal_page: hook, page_mkwrite, pfn_mkwrite } = vma.ops;
  return {
    name,
    ...(fault === undefined
      ? {}
      : { fault: (model: Model, vmf: VmFault) => runFault(model, world(), fault, vmf) }),
    ...(page_mkwrite === true ? { pageMkwrite: () => VM_FAULT.LOCKED } : {}),
    ...(pfn_mkwrite === true ? { pfnMkwrite: () => 0 } : {}),
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
