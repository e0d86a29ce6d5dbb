import { VM_IO, VM_MAYWRITE, VM_MIXEDMAP, VM_PFNMAP, VM_SHARED, VM_WRITE } from '@pagewright/core';
import { MM_FLAG } from '../frames/page-flags.js';
import { vmMixedZeropageAllowed } from '../insert/mixed-zeropage.js';
import { validatePageBeforeInsert } from '../insert/validate-page.js';
import { Mm } from '../state/columns.js';
import { pfnOfKind } from './page-kinds.js';
import { answered, errnoWord } from './render.js';
import { BadRow, type Inputs, type RowAnswer } from './row.js';
import { FILES, VM_MAYSHARE } from './vma-kinds.js';
import { type World, worldOf } from './world.js';

const VMAS = {
  cow: VM_MAYWRITE | VM_WRITE,
  shared_readonly: VM_MAYSHARE,
  shared_writable_plain: VM_SHARED | VM_MAYSHARE | VM_WRITE | VM_MAYWRITE,
} as const;

function forbidZeropage({ model, mm }: World, inputs: Inputs): void {
  model.state.set(Mm.flags, mm, inputs.is('mm_forbids') ? MM_FLAG.forbidsZeropage : 0);
}

const validatePageRows: RowAnswer = (row, revision) => {
  const world = worldOf(revision, row);
  const { model, vma } = world;
  const pfn = pfnOfKind(world, row.get('page'));
  if (pfn === undefined) throw new BadRow('page is of no known kind');
  const frame = model.machine.memory.frame(pfn);
  world.keep();
  return (inputs) => {
    world.restore();
    world.setFlags(inputs.of('vma', VMAS) | VM_MIXEDMAP);
    forbidZeropage(world, inputs);
    return answered(world, () => validatePageBeforeInsert(model, vma, frame), errnoWord);
  };
};

const OPS = {
  no_ops: 'no_ops',
  ops_plain: 'ops_plain',
  page_mkwrite: 'page_mkwrite',
  pfn_mkwrite: 'pfn_mkwrite',
} as const;

const mixedZeropageRows: RowAnswer = (row, revision) => {
  const config = row.has('cfg.fs_dax') ? { FS_DAX: row.is('cfg.fs_dax') } : {};
  const world = worldOf(revision, row, 'pte', { config });
  const { model, vma } = world;
  world.setFile(row.of('file', FILES));
  world.setOps(row.of('ops', OPS));
  forbidZeropage(world, row);
  world.keep();
  return (inputs) => {
    world.restore();
    const flag = (name: string, mask: bigint): bigint => (inputs.is(name) ? mask : 0n);
    world.setFlags(
      flag('shared', VM_SHARED) |
        flag('maywrite', VM_MAYWRITE) |
        flag('write', VM_WRITE) |
        flag('io', VM_IO) |
        flag('pfnmap', VM_PFNMAP),
    );
    return answered(world, () => Number(vmMixedZeropageAllowed(model, vma)), String);
  };
};

/** Functions of group `small` that decide about insertions. */
export const smallInsertRows: Readonly<Record<string, RowAnswer>> = {
  validate_page_before_insert: validatePageRows,
  vm_mixed_zeropage_allowed: mixedZeropageRows,
};
