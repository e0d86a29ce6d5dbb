import { VM_MAYWRITE, VM_WRITE } from '@pagewright/core';
import { expect } from 'vitest';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { forkMm } from '../src/fork/fork.js';
import { Frame, Mm, Model, newMm, newVma, run } from '../src/index.js';
import { entryAt } from '../src/tables/tables.js';
import { mmOf } from '../src/vma/vma.js';
import { machineOf } from './machines.js';

/** First page of the VMA that processes of these tests have, and its pages. */
export const VPN = 0x1000;
export const PAGES = 8;

const VM_READ = 0x1n;
const VM_MAYREAD = 0x10n;

/** Flags of anonymous private memory that can be written. */
export const PRIVATE = VM_READ | VM_MAYREAD | VM_WRITE | VM_MAYWRITE;

/** A machine with one process that has one anonymous VMA. */
export function oneProcess(
  arch: string,
  revision: Parameters<typeof machineOf>[1],
  parts: Parameters<typeof machineOf>[2] & { readonly flags?: bigint } = {},
) {
  const { flags = PRIVATE, ...rest } = parts;
  const model = new Model(machineOf(arch, revision, rest));
  const mm = newMm(model);
  const vma = newVma(model, mm, { start: VPN, end: VPN + PAGES, flags });
  return { model, mm, vma };
}

/** Runs an operation that must end in no BUG and say nothing. */
export function quietly<T>(model: Model, operation: () => T): T {
  const done = run(model, operation);
  expect(done.events).toEqual([]);
  if (done.bug !== undefined) throw new Error(done.bug);
  return done.value;
}

/** The processor writes to a page, and then it holds `content`; its frame. */
export function write(model: Model, vma: number, vpn: number, content: number): number {
  quietly(model, () => handleMmFault(model, vma, vpn, FAULT_FLAG.USER | FAULT_FLAG.WRITE));
  const frame = frameAt(model, vma, vpn);
  model.state.set(Frame.content, frame, content);
  return frame;
}

/** The processor reads a page; its frame. */
export function read(model: Model, vma: number, vpn: number): number {
  quietly(model, () => handleMmFault(model, vma, vpn, FAULT_FLAG.USER));
  return frameAt(model, vma, vpn);
}

/** Entry of a page of a VMA. */
export const entryOf = (model: Model, vma: number, vpn: number) =>
  entryAt(model, mmOf(model, vma), vpn, 'pte');

/** Frame that a present entry maps. */
export function frameAt(model: Model, vma: number, vpn: number): number {
  const entry = entryOf(model, vma, vpn);
  expect(model.pte.is.present(entry)).toBe(true);
  return model.machine.memory.frame(model.pte.pfn(entry));
}

/** A child; its address space and the copy of its first VMA. */
export function child(model: Model, mm: number): { mm: number; vma: number } {
  const made = quietly(model, () => forkMm(model, mm));
  return { mm: made, vma: model.state.ref(Mm.firstVma, made) };
}
