import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type AddressSpace, AreaReader, addressSpace, tasks } from '../src/index.js';
import { DUMPS, GUESTS, type Guest, guestFile, guestKernel, openGuest } from './guests.js';

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

async function open(guest: Guest) {
  const dump = await openGuest(guest);
  const truth = JSON.parse(readFileSync(guestFile(guest, 'truth.json'), 'utf8'));
  const kernel = guestKernel(guest, dump);
  return { dump, kernel, truth: truth.processes as TruthProcess[] };
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
      const { dump, kernel, truth } = await open(guest);
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
