import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Dump, parseTypesFile } from '@pagewright/dump';
import { openDumpFiles } from '@pagewright/dump/node';
import { openJudge, openKernel } from '../src/index.js';
import { architecturesOfDumps } from './distill-architectures.js';

/** Folder of dumps, each in a folder of its guest; undefined where the tests have none. */
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

/** Its image holds no types, and only there does each frame's content tell the zeropage. */
export const WITHOUT_TYPES = 'uml-6.1' satisfies Guest;

/** Folder of a guest's dump, and the path of a file in it. */
export const guestFolder = (guest: Guest): string => join(DUMPS as string, guest);
export const guestFile = (guest: Guest, name: string): string => join(guestFolder(guest), name);

/** Opens the dump of a guest. */
export async function openGuest(guest: Guest) {
  const paths = ['dump.elf', 'dump.d31.raw.kdump'].map((name) => guestFile(guest, name));
  const dump = await openDumpFiles(paths.filter((path) => existsSync(path)));
  if (!dump.ok) throw new Error(dump.problem.message);
  return dump.value;
}

/** What a guest's kernel is opened with; types are given where the image has none. */
export function guestOptions(guest: Guest) {
  if (guest !== WITHOUT_TYPES) return { architectures: architecturesOfDumps };
  const types = parseTypesFile(readFileSync(guestFile(guest, 'btf')));
  if (!types.ok) throw new Error(types.problem.message);
  return { architectures: architecturesOfDumps, types: types.value };
}

/** The kernel in a guest's dump. */
export function guestKernel(guest: Guest, dump: Dump) {
  const kernel = openKernel(dump, guestOptions(guest));
  if (!kernel.ok) throw new Error(kernel.problem.message);
  return kernel.value;
}

/** The kernel in a guest's dump, and how it judges. */
export function judgedGuest(guest: Guest, dump: Dump) {
  const kernel = guestKernel(guest, dump);
  const judge = openJudge(kernel);
  if (!judge.ok) throw new Error(judge.problem.message);
  return { kernel, judge: judge.value };
}
