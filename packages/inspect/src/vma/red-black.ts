import {
  fail,
  hex,
  ok,
  type Problem,
  type Result,
  type VirtAddr,
  virtAddr,
} from '@pagewright/core';
import { field } from '@pagewright/dump';
import type { Kernel } from '../kernel.js';
import type { TreeEntries } from './maple.js';

/**
 * VMAs of a kernel before 6.1, from the red-black tree of `mm_rb`, in order of the tree. Code when it
 * cannot begin: those of types.
 */
export function redBlackEntries(kernel: Kernel, root: VirtAddr): Result<TreeEntries> {
  const { types, virtual } = kernel;
  const toNode = types.offset('vm_area_struct.vm_rb');
  const reader = types.record('rb_node', {
    left: field.pointer('rb_left'),
    right: field.pointer('rb_right'),
  });
  if (!reader.ok) return reader;
  if (toNode === undefined) return fail('no-rb-tree', 'vm_area_struct has no vm_rb');

  const entries: VirtAddr[] = [];
  const seen = new Set<bigint>();
  const mostNodes = virtual.memory.byteCount / BigInt(types.sizeOf('vm_area_struct') ?? 1);
  let problem: Problem | undefined;
  // Nodes whose left side is done or being done, with what lies to their right.
  const open: { readonly node: VirtAddr; readonly right: VirtAddr }[] = [];
  for (let at = root; at !== 0n || open.length > 0; ) {
    if (at === 0n) {
      const { node, right } = open.pop() as (typeof open)[number];
      entries.push(virtAddr(BigInt.asUintN(64, node - BigInt(toNode))));
      at = right;
      continue;
    }
    const children = step(at);
    if (children === undefined) at = virtAddr(0n);
    else {
      open.push({ node: at, right: children.right });
      at = children.left;
    }
  }
  return ok(problem === undefined ? { entries } : { entries, problem });

  function step(at: VirtAddr): { readonly left: VirtAddr; readonly right: VirtAddr } | undefined {
    if (seen.has(at) || BigInt(seen.size) > mostNodes) {
      const message = `node ${hex(at)} of the VMA tree is reached a second time`;
      problem ??= { code: 'bad-tree', message };
      return undefined;
    }
    seen.add(at);
    const read = reader.ok ? reader.value.read(virtual, at) : reader;
    if (read.ok) return read.value;
    problem ??= read.problem;
    return undefined;
  }
}
