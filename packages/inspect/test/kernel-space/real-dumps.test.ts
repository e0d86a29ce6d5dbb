import { describe, expect, test } from 'vitest';
import {
  isWritableExecutable,
  type KernelEntry,
  kernelEntries,
  rightsText,
} from '../../src/index.js';
import { DUMPS, GUESTS } from '../guests.js';
import { kallsymsOf, openGuest } from './open-guest.js';

/** Of each guest: leaves, and entries of each kind that are no leaf. */
const COUNTS: Record<(typeof GUESTS)[number], Readonly<Record<string, number>>> = {
  'x86_64-6.1': { leaf: 12_890, table: 514, absent: 4 },
  'x86_64-6.12': { leaf: 10_818, table: 514, absent: 4 },
  'x86_64-6.18': { leaf: 11_239, table: 514, absent: 4 },
  'arm64-6.12': { leaf: 111_229 },
  's390x-6.12': { leaf: 90_406 },
  'uml-6.1': { leaf: 250 },
};
/** Regions whose contents are what their names say, and what the kernel may do there. */
const RIGHTS = {
  'kernel text': ['r-x', 'r--'],
  'kernel read-only data': ['r--'],
  'kernel data': ['rw-', 'r--'],
  'kernel bss': ['rw-', 'r--'],
  vmemmap: ['rw-'],
} as const;

/** Finds the leaf that maps an address. */
function leafFinder(entries: readonly KernelEntry[]) {
  return (address: bigint): KernelEntry | undefined => {
    let [low, high] = [0, entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((entries[middle] as KernelEntry).end <= address) low = middle + 1;
      else high = middle;
    }
    const found = entries[low];
    return found !== undefined && found.start <= address ? found : undefined;
  };
}

describe.skipIf(DUMPS === undefined)('the address space of a real kernel', () => {
  test.each(GUESTS)('%s', async (guest) => {
    const { dump, folder, kernel } = await openGuest(guest);
    const walked = kernelEntries(kernel);
    if (!walked.ok) throw new Error(walked.problem.message);
    const entries = [...walked.value];
    const counts: Record<string, number> = {};
    for (const { decoded } of entries) counts[decoded.kind] = (counts[decoded.kind] ?? 0) + 1;
    expect(counts).toEqual(COUNTS[guest]);

    // Healthy kernels: nothing is writable and executable but what the kernel itself excuses.
    const both = entries.filter(isWritableExecutable);
    expect(both.map(({ start, excuse }) => [start, excuse !== undefined])).toEqual(
      guest === 's390x-6.12' ? [[0n, true]] : [],
    );
    for (const [region, allowed] of Object.entries(RIGHTS)) {
      const found = entries.filter((entry) => entry.region === region);
      const rights = new Set(found.map((entry) => (entry.rights ? rightsText(entry.rights) : '')));
      expect([...rights].filter((text) => !(allowed as readonly string[]).includes(text))).toEqual(
        [],
      );
    }

    // Tables and the layout's arithmetic say the same of every leaf that the latter knows.
    const { layout } = kernel.virtual;
    const differing = entries.filter(({ decoded, start }) => {
      const direct = layout.directMap(start);
      return decoded.kind === 'leaf' && direct !== undefined && direct !== decoded.physical;
    });
    expect(differing.filter(({ region }) => region !== 'lowcore' && region !== 'vmalloc')).toEqual(
      [],
    );

    // Every function of the running kernel, and of its modules, lies in memory that it can run.
    const find = leafFinder(entries);
    const init = kernel.symbol('__init_begin');
    const initEnd = kernel.symbol('__init_end');
    const stext = kernel.symbol('_stext') ?? 0n;
    const text = kallsymsOf(folder).filter(
      ({ address, type, module }) =>
        /t/i.test(type) &&
        (module !== undefined || (address >= stext && address < (kernel.symbol('_etext') ?? 0n))) &&
        !(init !== undefined && initEnd !== undefined && address >= init && address < initEnd),
    );
    const wrong = text.filter(({ address }) => {
      const rights = find(address)?.rights;
      return rights === undefined || rights.execute !== true || rights.write;
    });
    if (guest !== 'uml-6.1') {
      expect(text.length).toBeGreaterThan(30_000);
      expect(wrong.slice(0, 5)).toEqual([]);
    }
    dump.close();
  });
});

test.runIf(DUMPS === undefined)('did NOT run on real kernels: PAGEWRIGHT_DUMPS is not set', () => {
  console.warn('address spaces of real kernels were NOT checked: set PAGEWRIGHT_DUMPS');
  expect(DUMPS).toBeUndefined();
});
