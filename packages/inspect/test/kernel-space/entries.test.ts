import {
  any,
  both,
  type KernelSpaceRules,
  layoutOf,
  noneOf,
  physAddr,
  virtAddr,
} from '@pagewright/core';
import { bytesSource, parseVmcoreinfo, rawMemory, virtualMemory } from '@pagewright/dump';
import { expect, test } from 'vitest';
import { LEAF, madeForm, PRESENT } from '../../../dump/test/make-form.js';
import {
  isWritableExecutable,
  type KernelImage,
  kernelEntries,
  kernelRanges,
  kernelSpan,
  regionNames,
  rightsText,
} from '../../src/index.js';
import { madeArchitecture } from '../make-kernel.js';

const ROOT = 0x1000n;
const WRITE = 4n;
const NO_EXECUTE = 8n;
const PAGE = 0x1000n;
const LARGE = 0x20_0000n;

const rights = {
  read: any(PRESENT),
  write: both(any(PRESENT), any(WRITE)),
  execute: noneOf(NO_EXECUTE),
};
const rules: KernelSpaceRules = {
  regions: () => [
    { name: 'all', start: virtAddr(0n), end: 4n * LARGE },
    { name: 'first page', start: virtAddr(0n), end: PAGE },
  ],
  knownWritableExecutable: [{ name: 'as asked', start: virtAddr(2n * PAGE), end: 3n * PAGE }],
  leafRights: () => rights,
  tableRights: () => rights,
};

/** A kernel whose tables are these words by physical address. */
function kernelOf(words: ReadonlyMap<bigint, bigint>, kernelSpace = rules): KernelImage {
  const bytes = new Uint8Array(0x8000);
  const view = new DataView(bytes.buffer);
  for (const [at, word] of words) view.setBigUint64(Number(at), word, true);
  const form = madeForm();
  const layout = layoutOf({ form, root: physAddr(ROOT), runs: [] });
  return {
    architecture: { ...madeArchitecture(), kernelSpace },
    form,
    vmcoreinfo: parseVmcoreinfo(''),
    virtual: virtualMemory(rawMemory(bytesSource('made', bytes)), layout),
    symbols: { ok: false, problem: { code: 'no-kallsyms', message: 'none' } },
    symbol: () => undefined,
  };
}
function entriesOf(kernel: KernelImage) {
  const entries = kernelEntries(kernel);
  if (!entries.ok) throw new Error(entries.problem.message);
  return entries.value;
}
const table = (at: bigint, flags: bigint) => at | PRESENT | flags;
const page = (frame: bigint, flags: bigint) => (frame << 12n) | PRESENT | flags;

const TABLES = new Map([
  [ROOT, table(0x2000n, WRITE)],
  // The same table again, with the same rights and with fewer.
  [ROOT + 8n, table(0x2000n, WRITE)],
  [ROOT + 16n, table(0x2000n, NO_EXECUTE)],
  [ROOT + 24n, page(0x200n, LEAF | WRITE | NO_EXECUTE)],
  [0x2000n, page(5n, 0n)],
  [0x2008n, page(6n, WRITE)],
  [0x2010n, page(7n, WRITE)],
  [0x2018n, page(8n, NO_EXECUTE | WRITE)],
]);

test('rights are those that the entry and every pointer above it give', () => {
  const entries = [...entriesOf(kernelOf(TABLES))];
  const shown = entries.map(({ start, level, rights, region }) => [
    start,
    level,
    rights === undefined ? '' : rightsText(rights),
    region,
  ]);
  expect(shown).toEqual([
    [0n, 'pte', 'r-x', 'first page'],
    [PAGE, 'pte', 'rwx', 'all'],
    [2n * PAGE, 'pte', 'rwx', 'all'],
    [3n * PAGE, 'pte', 'rw-', 'all'],
    [LARGE, 'pmd', 'rwx', 'all'],
    [2n * LARGE, 'pte', 'r--', 'all'],
    [2n * LARGE + PAGE, 'pte', 'r--', 'all'],
    [2n * LARGE + 2n * PAGE, 'pte', 'r--', 'all'],
    [2n * LARGE + 3n * PAGE, 'pte', 'r--', 'all'],
    [3n * LARGE, 'pmd', 'rw-', 'all'],
  ]);
  // A table that was walked with the same rights is one entry that says where.
  expect(entries[4]).toMatchObject({ decoded: { kind: 'table' }, sameAs: 0n });
});

test('what is writable and executable is told, with the excuse that the rules have', () => {
  const both = [...entriesOf(kernelOf(TABLES))].filter(
    (entry) => entry.decoded.kind === 'leaf' && isWritableExecutable(entry),
  );
  expect(both.map(({ start, excuse }) => [start, excuse])).toEqual([
    [PAGE, undefined],
    [2n * PAGE, 'as asked'],
  ]);
});

test('ranges join equal neighbours of one region, and can be read again', () => {
  const entries = entriesOf(kernelOf(TABLES));
  const spans = () =>
    [...kernelRanges(entries)].map(({ start, end, entries: count }) => [start, end, count]);
  expect(spans()).toEqual([
    [0n, PAGE, 1],
    [PAGE, 2n * PAGE, 1],
    [2n * PAGE, 3n * PAGE, 1],
    [3n * PAGE, 4n * PAGE, 1],
    [LARGE, 2n * LARGE, 1],
    [2n * LARGE, 2n * LARGE + 4n * PAGE, 4],
    [3n * LARGE, 4n * LARGE, 1],
  ]);
  expect(spans()).toEqual(spans());
});

test('a format without a bit for execution says nothing of it', () => {
  const { execute: _, ...silent } = rights;
  const kernel = kernelOf(TABLES, { ...rules, leafRights: () => silent });
  const [first] = entriesOf(kernel);
  expect(first?.rights).toEqual({ read: true, write: false, execute: null });
  expect([...entriesOf(kernel)].filter(isWritableExecutable)).toMatchObject([{ sameAs: 0n }]);
});

test('tables that loop or cannot be read are entries with a problem', () => {
  const words = new Map([
    [ROOT, table(ROOT, 0n)],
    [ROOT + 8n, table(0x10_0000n, 0n)],
  ]);
  const problems = [...entriesOf(kernelOf(words))].map(({ problem }) => problem?.code);
  expect(problems).toEqual(['table-loop', 'not-in-dump']);
});

test('an architecture that does not know its own address space is refused', () => {
  const kernel = kernelOf(TABLES);
  const { kernelSpace: _, ...without } = kernel.architecture;
  expect(kernelEntries({ ...kernel, architecture: without })).toMatchObject({
    problem: { code: 'no-kernel-space' },
  });
});

test('the span is the half, or the whole, that the form translates for the kernel', () => {
  const spanOf = (canonical: 'sign-extended' | 'either-half' | 'unsigned') =>
    kernelSpan(madeForm({ canonical, addressBits: 30 }));
  const top = 1n << 64n;
  expect(spanOf('unsigned')).toEqual({ start: 0n, end: 1n << 30n });
  expect(spanOf('either-half')).toEqual({ start: top - (1n << 30n), end: top });
  expect(spanOf('sign-extended')).toEqual({ start: top - (1n << 29n), end: top });
});

test('the smallest region names an address, the later one of two equal ones', () => {
  const names = regionNames([
    { name: 'outer', start: virtAddr(0n), end: 0x100n },
    { name: 'inner', start: virtAddr(0x10n), end: 0x20n },
    { name: 'again', start: virtAddr(0x10n), end: 0x20n },
  ]);
  expect([0n, 0x10n, 0x1fn, 0x20n, 0x100n].map(names.at)).toEqual([
    'outer',
    'again',
    'again',
    'outer',
    'elsewhere',
  ]);
});
