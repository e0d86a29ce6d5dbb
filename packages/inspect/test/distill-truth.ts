import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { bytesSource, type Dump, openDump } from '@pagewright/dump';
import { nodeDecompressors } from '@pagewright/dump/node';
import { parse } from 'lossless-json';
import { openJudge, openKernel } from '../src/index.js';
import { architecturesOfDumps } from './distill-architectures.js';

/** Guests whose distilled dumps are in the repository. */
export const FIXTURES = ['x86_64-6.12', 'arm64-6.12', 's390x-6.12'] as const;

/** What the running kernel said of a process; all numbers are bigints. */
export interface TruthProcess {
  readonly pid: bigint;
  readonly comm: string;
  readonly vmas: readonly {
    readonly start: bigint;
    readonly end: bigint;
    readonly path: string;
    readonly smaps: Readonly<Record<string, bigint | string>>;
  }[];
  /** Address, pagemap word, kpageflags, kpagecount. */
  readonly pages: readonly (readonly [bigint, bigint, bigint, bigint])[];
  /** Address, entry, struct page that was returned. */
  readonly vm_normal_page: readonly (readonly [bigint, bigint, bigint])[];
  readonly vm_normal_page_pmd: readonly (readonly [bigint, bigint, bigint])[];
}
export interface Truth {
  readonly vmemmap_base: bigint;
  readonly processes: readonly TruthProcess[];
}

const path = (guest: string, name: string): string =>
  new URL(`../../../fixtures/dumps/${guest}/${name}`, import.meta.url).pathname;

export const fixtureBytes = (guest: string): Uint8Array =>
  new Uint8Array(readFileSync(path(guest, 'dump.kdump')));

export const truthOf = (guest: string): Truth =>
  parse(gunzipSync(readFileSync(path(guest, 'truth.json.gz'))).toString(), undefined, (digits) =>
    BigInt(digits),
  ) as unknown as Truth;

/** Opens dump files by their bytes. */
export async function dumpOfBytes(files: readonly Uint8Array[], rawBase = 0n): Promise<Dump> {
  const sources = files.map((bytes, i) => bytesSource(`file ${i}`, bytes));
  const dump = openDump(sources, { decompressors: await nodeDecompressors(), rawBase });
  if (!dump.ok) throw new Error(dump.problem.message);
  return dump.value;
}

/** The kernel in a dump, of whatever architecture, and how it judges. */
export function judgedKernel(dump: Dump) {
  const kernel = openKernel(dump, { architectures: architecturesOfDumps });
  if (!kernel.ok) throw new Error(kernel.problem.message);
  const judge = openJudge(kernel.value);
  if (!judge.ok) throw new Error(judge.problem.message);
  return { kernel: kernel.value, judge: judge.value };
}
