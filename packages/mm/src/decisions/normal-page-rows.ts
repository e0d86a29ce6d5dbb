import {
  type MappingLevel,
  type Revision,
  VM_MAYWRITE,
  VM_MIXEDMAP,
  VM_PFNMAP,
  VM_SHARED,
} from '@pagewright/core';
import { vmNormalPage } from '../normal-page.js';
import { Vma } from '../state/columns.js';
import { pfnOfKind } from './page-kinds.js';
import { answered } from './render.js';
import { BadRow, type DecisionComparer, type DecisionRow, Inputs } from './row.js';
import type { OpsKind } from './vma-kinds.js';
import { type World, worldWith } from './world.js';

const LEVELS: Readonly<Record<string, MappingLevel>> = { pte: 'pte', pmd: 'pmd', pud: 'pud' };

const HOOKS: Readonly<Record<string, OpsKind>> = {
  no_ops: 'no_ops',
  ops_without_hook: 'ops_plain',
  hook_null: 'hook_null',
  hook_page: 'hook_page',
};

/**
 * Group `vm_normal_page`: a row is a configuration, a VMA and an entry; its answers stand by what
 * the frame is.
 */
export const normalPageRows: DecisionComparer = {
  group: 'vm_normal_page',
  compare(row, revision) {
    const { out, ...rest } = row.fields;
    if (typeof out !== 'object' || out === null || Array.isArray(out)) return 'out is no object';
    const fixed = Object.entries(rest).map(([key, value]) => [key, String(value)]);
    const inputs = new Inputs(Object.fromEntries(fixed));
    try {
      for (const [kind, expected] of Object.entries(out)) {
        compareKind(row, inputs, revision, kind, expected);
      }
      return undefined;
    } catch (error) {
      if (error instanceof BadRow) return error.message;
      throw error;
    }
  },
};

function compareKind(
  row: DecisionRow,
  inputs: Inputs,
  revision: Revision,
  kind: string,
  expected: unknown,
): void {
  const world = worldOfRow(inputs, revision);
  const pfn = pfnOfKind(world, kind);
  if (pfn === undefined) {
    row.tally.leaveOut(`${row.group}/${kind}`, 'no such kind of frame');
    return;
  }
  const got = answerFor(world, inputs, pfn);
  if (got === expected) row.tally.agreed(1);
  else {
    const { file, line } = row;
    row.tally.check({ file, line, key: kind, in: inputs.inWords() }, expected, got);
  }
}

function worldOfRow(inputs: Inputs, revision: Revision): World {
  const level = inputs.of('lvl', LEVELS);
  const special = {
    pmd: level === 'pmd' && inputs.flag('lvl_special'),
    pud: level === 'pud' && inputs.flag('lvl_special'),
    pte: inputs.flag('pte_special'),
  };
  const config = { FIND_NORMAL_PAGE: inputs.has('find_normal') && inputs.flag('find_normal') };
  const world = worldWith(revision, special, level, { config });
  const flag = (name: string, mask: bigint): bigint => (inputs.flag(name) ? mask : 0n);
  world.setFlags(
    flag('pfnmap', VM_PFNMAP) |
      flag('mixed', VM_MIXEDMAP) |
      flag('shared', VM_SHARED) |
      flag('maywrite', VM_MAYWRITE),
  );
  world.setOps(inputs.of('hook', HOOKS));
  return world;
}

/** Asks the model about a frame, and writes the answer: `N`, `0`, `H`. */
function answerFor(world: World, inputs: Inputs, pfn: number): string {
  const { model, level, vma, vpn } = world;
  const space = model.machine.space(level);
  let entry = space.leaf(pfn, world.prot(false));
  if (inputs.flag('special')) entry = space.to.mkspecial(entry);
  if (inputs.is('devmap')) entry = world.marked(entry, 'DEVMAP');
  const onLine = pfn - (vpn - model.state.get(Vma.start, vma));
  model.state.set(Vma.pgoff, vma, inputs.flag('linear') ? onLine : onLine + 1);
  return answered(
    world,
    () => vmNormalPage(model, level, vma, vpn, entry),
    (frame) => (frame === -1 ? '0' : frame === world.other ? 'H' : 'N'),
  );
}
