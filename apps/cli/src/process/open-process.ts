import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ArchBackend,
  type ConfigName,
  type EntryForm,
  type Frames,
  type HeaderGeneration,
  type Kernel,
  makeKernel,
  type PhysAddr,
  type PhysicalMemory,
  pfn,
  physAddr,
  type Span,
  type Vma,
  virtAddr,
} from '@pagewright/core';
import { openDump } from '@pagewright/dump';
import { openFile } from '@pagewright/dump/node';
import type { DescribedFrames, DescribedProcess, ProcessTruth } from './described.js';

/** A distilled process, ready to be walked and judged. */
export interface OpenProcess {
  readonly described: DescribedProcess;
  readonly form: EntryForm;
  readonly kernel: Kernel;
  readonly frames: Frames;
  readonly memory: PhysicalMemory;
  readonly root: PhysAddr;
  readonly span: Span;
  readonly vmas: readonly Vma[];
  close(): void;
}

/**
 * Opens a folder of `fixtures/processes`. The folder is ours, so what is wrong with it throws.
 * @param backend the architecture that has the process's form
 */
export function openProcess(folder: string, backend: ArchBackend): OpenProcess {
  const described = describedProcess(folder);
  const form = must(
    backend.form(described.form, {
      headers: described.headers as HeaderGeneration,
      devicePrivate: described.config.DEVICE_PRIVATE === true,
    }),
  );
  const kernel = must(
    makeKernel({
      revision: described.kernel,
      form: form.definition,
      config: described.config as Partial<Record<ConfigName, boolean>>,
    }),
  );
  const file = must(openFile(join(folder, 'tables.elf')));
  return {
    described,
    form,
    kernel,
    frames: framesOf(described),
    memory: must(openDump(file)).memory,
    root: physAddr(BigInt(described.root)),
    span: { start: BigInt(described.span.start), end: BigInt(described.span.end) },
    vmas: described.vmas.map((vma) => ({
      start: virtAddr(BigInt(vma.start)),
      end: virtAddr(BigInt(vma.end)),
      flags: BigInt(vma.flags),
      pgoff: BigInt(vma.pgoff),
      ops: null,
      name: vma.name,
    })),
    close: () => file.close(),
  };
}

/** `process.json` of a folder. */
export const describedProcess = (folder: string): DescribedProcess =>
  JSON.parse(readFileSync(join(folder, 'process.json'), 'utf8')) as DescribedProcess;

/** `truth.json` of a folder. */
export const processTruth = (folder: string): ProcessTruth =>
  JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as ProcessTruth;

/** Frames as the kernel described itself. Owners of pages are not in the fixture: none is known. */
function framesOf({ zero, hugeZero, memmap, highestPfn }: DescribedProcess): Frames {
  const ranges = memmap.ranges.map(([first, end]) => [BigInt(first), BigInt(end)] as const);
  return {
    memmap: (frame) => ranges.some(([first, end]) => frame >= first && frame < end),
    isZero: (frame) => within(zero, frame),
    isHugeZero: (frame) => within(hugeZero, frame),
    isHugeZeroHead: (frame) => hugeZero !== null && frame === BigInt(hugeZero.first),
    isAnon: () => false,
    isSlab: () => false,
    highest: pfn(BigInt(highestPfn.pfn)),
  };
}

function within(frames: DescribedFrames | null, frame: bigint): boolean {
  if (frames === null) return false;
  const first = BigInt(frames.first);
  return frame >= first && frame < first + BigInt(frames.count);
}

function must<T>(result: { ok: true; value: T } | { ok: false; problem: { message: string } }): T {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}
