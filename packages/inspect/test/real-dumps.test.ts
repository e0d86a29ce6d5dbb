import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchBackend, FindKernelLayout } from '@pagewright/core';
import { parseTypesFile } from '@pagewright/dump';
import { openDumpFiles } from '@pagewright/dump/node';
import { describe, expect, test } from 'vitest';
import * as arm64 from '../../arch-arm64/src/index.js';
import { kernelLayout as arm64Layout } from '../../arch-arm64/src/kernel.js';
import * as nopte from '../../arch-nopte-special/src/index.js';
import { kernelLayout as umLayout } from '../../arch-nopte-special/src/kernel.js';
import * as s390x from '../../arch-s390x/src/index.js';
import { kernelLayout as s390xLayout } from '../../arch-s390x/src/kernel.js';
import * as x86 from '../../arch-x86/src/index.js';
import { kernelLayout as x86Layout } from '../../arch-x86/src/kernel.js';
import { type AddressSpace, AreaReader, addressSpace, openKernel, tasks } from '../src/index.js';

/** Folder of dumps, each in a folder of its guest with truth.json beside it. */
const DUMPS = process.env.PAGEWRIGHT_DUMPS;
const GUESTS = [
  'x86_64-6.1',
  'x86_64-6.12',
  'x86_64-6.18',
  'arm64-6.12',
  's390x-6.12',
  'uml-6.1',
] as const;
/** Its image holds no types. */
const WITHOUT_TYPES = 'uml-6.1';

const backendOf = (module: object) =>
  Object.values(module).find((value) => value?.formFromDump !== undefined) as ArchBackend;
const architecture = (module: object, kernelLayout: FindKernelLayout) => ({
  backend: backendOf(module),
  kernelLayout,
});
const architectures = [
  architecture(x86, x86Layout),
  architecture(arm64, arm64Layout),
  architecture(s390x, s390xLayout),
  architecture(nopte, umLayout),
];

interface TruthVma {
  readonly start: number;
  readonly end: number;
  readonly perms: string;
  readonly offset: number;
  readonly dev: string;
  readonly inode: number;
  readonly path: string;
}
interface TruthProcess {
  readonly pid: number;
  readonly pgd_phys: number;
  readonly status: string;
  readonly vmas: readonly TruthVma[];
}

async function openGuest(guest: string) {
  const folder = join(DUMPS as string, guest);
  const paths = ['dump.elf', 'dump.d31.raw.kdump'].map((name) => join(folder, name));
  const dump = await openDumpFiles(paths.filter((path) => existsSync(path)));
  if (!dump.ok) throw new Error(dump.problem.message);
  const given =
    guest === WITHOUT_TYPES ? parseTypesFile(readFileSync(join(folder, 'btf'))) : undefined;
  if (given?.ok === false) throw new Error(given.problem.message);
  const kernel = openKernel(dump.value, {
    architectures,
    ...(given === undefined ? {} : { types: given.value }),
  });
  if (!kernel.ok) throw new Error(kernel.problem.message);
  const truth = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8'));
  return { dump: dump.value, kernel: kernel.value, truth: truth.processes as TruthProcess[] };
}

const permissions = (flags: bigint): string =>
  `${flags & 1n ? 'r' : '-'}${flags & 2n ? 'w' : '-'}${flags & 4n ? 'x' : '-'}${flags & 0x80n ? 's' : 'p'}`;
/** Lines of /proc/PID/status, in KiB, by the counter that each prints. */
const STATUS_LINES = {
  RssAnon: 'MM_ANONPAGES',
  RssFile: 'MM_FILEPAGES',
  RssShmem: 'MM_SHMEMPAGES',
  VmSwap: 'MM_SWAPENTS',
} as const;
function expectCounters({ rss, tableBytes }: AddressSpace, status: string) {
  if (!rss.ok) throw new Error(rss.problem.message);
  const kibibytes = (line: string) =>
    Number(new RegExp(`^${line}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]);
  for (const [line, counter] of Object.entries(STATUS_LINES)) {
    expect([line, Number(rss.value.pages.get(counter)) * 4]).toEqual([line, kibibytes(line)]);
  }
  expect(Number(tableBytes) / 1024).toBe(kibibytes('VmPTE'));
}
const two = (value: number): string => value.toString(16).padStart(2, '0');

if (DUMPS === undefined) {
  test.skip('NOT RUN: processes of real dumps (PAGEWRIGHT_DUMPS names no folder)', () => {});
  console.warn('NOT RUN: processes of real dumps; set PAGEWRIGHT_DUMPS to a folder of dumps');
} else {
  describe.each(GUESTS)('%s', (guest) => {
    test('every process, and every mapping of it as /proc/PID/maps has it', async () => {
      const { dump, kernel, truth } = await openGuest(guest);
      const list = tasks(kernel);
      if (!list.ok) throw new Error(list.problem.message);
      expect(list.value.problem).toBeUndefined();
      const reader = new AreaReader(kernel);
      for (const process of truth) {
        const task = list.value.tasks.find(({ pid }) => pid === process.pid);
        if (task?.mm === undefined) throw new Error(`no process ${process.pid}`);
        expect(task).toMatchObject({ tgid: process.pid, kernelThread: false });
        expect(process.status).toContain(`Name:\t${task.comm}\n`);
        const space = addressSpace(kernel, task.mm);
        if (!space.ok) throw new Error(space.problem.message);
        expect(space.value.root).toBe(BigInt(process.pgd_phys));
        expectCounters(space.value, process.status);
        const areas = reader.areas(space.value);
        if (!areas.ok) throw new Error(areas.problem.message);
        expect(areas.value.problem).toBeUndefined();
        const pageBytes = 2n ** BigInt(kernel.form.definition.pageShift);
        const found = areas.value.areas.map(({ start, end, flags, pgoff, file, name }) => ({
          start: Number(start),
          end: Number(end),
          perms: permissions(flags),
          offset: file === undefined ? 0 : Number(BigInt.asUintN(64, pgoff * pageBytes)),
          dev: file === undefined ? '00:00' : `${two(file.device.major)}:${two(file.device.minor)}`,
          inode: Number(file?.inode ?? 0n),
          path: name,
        }));
        expect(space.value.mapCount).toBe(found.length);
        expect(found).toEqual(
          process.vmas.map(({ start, end, perms, offset, dev, inode, path }) => {
            return { start, end, perms, offset, dev, inode, path };
          }),
        );
      }
      dump.close();
    });
  });
}
