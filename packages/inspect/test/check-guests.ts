import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Dump, parseTypesFile } from '@pagewright/dump';
import { openDumpFiles } from '@pagewright/dump/node';
import { openJudge, openKernel } from '../src/index.js';
import { architecturesOfDumps } from './distill-architectures.js';

/** Folder of dumps, each in a folder of its guest. */
export const DUMPS = process.env.PAGEWRIGHT_DUMPS;

/** Guests of the real dumps. */
export const GUESTS = [
  'x86_64-6.12',
  'x86_64-6.1',
  'x86_64-6.18',
  'arm64-6.12',
  's390x-6.12',
  'uml-6.1',
] as const;
export type Guest = (typeof GUESTS)[number];

export async function openGuest(guest: Guest) {
  const folder = join(DUMPS as string, guest);
  const paths = ['dump.elf', 'dump.d31.raw.kdump'].map((name) => join(folder, name));
  const dump = await openDumpFiles(paths.filter((path) => existsSync(path)));
  if (!dump.ok) throw new Error(dump.problem.message);
  return dump.value;
}

/** The kernel in a guest's dump, and how it judges; types are given where the image has none. */
export function judgedGuest(guest: Guest, dump: Dump) {
  const given =
    guest === 'uml-6.1'
      ? parseTypesFile(readFileSync(join(DUMPS as string, guest, 'btf')))
      : undefined;
  if (given?.ok === false) throw new Error(given.problem.message);
  const kernel = openKernel(dump, {
    architectures: architecturesOfDumps,
    ...(given === undefined ? {} : { types: given.value }),
  });
  if (!kernel.ok) throw new Error(kernel.problem.message);
  const judge = openJudge(kernel.value);
  if (!judge.ok) throw new Error(judge.problem.message);
  return { kernel: kernel.value, judge: judge.value };
}
