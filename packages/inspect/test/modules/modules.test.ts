import { layoutOf, physAddr, virtAddr } from '@pagewright/core';
import { bytesSource, parseBtf, parseVmcoreinfo, rawMemory, virtualMemory } from '@pagewright/dump';
import { expect, test } from 'vitest';
import { BtfMaker } from '../../../dump/test/make-btf.js';
import { madeForm } from '../../../dump/test/make-form.js';
import { type Kernel, loadedModules } from '../../src/index.js';
import { madeArchitecture } from '../make-kernel.js';

const BASE = 0x1000_0000n;
const HEAD = 0x100;

/** A kernel whose list of modules has these links, by the place of each `struct module`. */
function kernelOf(links: Readonly<Record<number, number>>, symbols = true): Kernel {
  const btf = new BtfMaker();
  const u64 = btf.int('long unsigned int', 8);
  const char = btf.int('char', 1);
  const at = (name: string, type: number, byte: number) => ({ name, type, bitOffset: 8 * byte });
  const list = btf.composite('struct', 'list_head', 16, [at('next', u64, 0), at('prev', u64, 8)]);
  btf.composite('struct', 'module', 80, [at('list', list, 8), at('name', btf.array(char, 56), 24)]);
  const types = parseBtf(btf.blob());
  if (!types.ok) throw new Error(types.problem.message);
  const bytes = new Uint8Array(0x2000);
  const view = new DataView(bytes.buffer);
  for (const [from, to] of Object.entries(links)) {
    view.setBigUint64(Number(from), BASE + BigInt(to), true);
    bytes.set(new TextEncoder().encode(`module${from}`), Number(from) + 16);
  }
  const run = { name: 'direct map', start: virtAddr(BASE), end: BASE + 0x2000n, physical: 0n };
  const layout = layoutOf({ form: madeForm(), root: physAddr(0n), runs: [run] });
  return {
    architecture: madeArchitecture(),
    form: madeForm(),
    vmcoreinfo: parseVmcoreinfo(''),
    virtual: virtualMemory(rawMemory(bytesSource('made', bytes)), layout),
    types: types.value,
    symbols: { ok: false, problem: { code: 'no-kallsyms', message: 'none' } },
    symbol: (name) => (symbols && name === 'modules' ? virtAddr(BASE + BigInt(HEAD)) : undefined),
  };
}
function listOf(kernel: Kernel) {
  const list = loadedModules(kernel);
  if (!list.ok) throw new Error(list.problem.message);
  const { modules, problem } = list.value;
  return [modules.map(({ name }) => name), problem?.code];
}

test('modules are those of the list, by their names', () => {
  const kernel = kernelOf({ [HEAD]: 0x200, 512: 0x400, 1024: HEAD });
  expect(listOf(kernel)).toEqual([['module512', 'module1024'], undefined]);
  expect(listOf(kernelOf({ [HEAD]: HEAD }))).toEqual([[], undefined]);
});

test('a list that loops or leads out of memory ends with a problem', () => {
  expect(listOf(kernelOf({ [HEAD]: 0x200, 512: 0x400, 1024: 0x200 }))).toEqual([
    ['module512', 'module1024'],
    'list-loop',
  ]);
  const [names, code] = listOf(kernelOf({ [HEAD]: 0x200, 512: 0x9_0000 }));
  expect(names).toEqual(['module512']);
  expect(code).toBeDefined();
});

test('what a module or a kernel lacks is said', () => {
  const list = loadedModules(kernelOf({ [HEAD]: 0x200, 512: HEAD }));
  const [module] = list.ok ? list.value.modules : [];
  expect(module?.ranges).toEqual([]);
  expect(module?.symbols()).toMatchObject({ problem: { code: 'no-kallsyms' } });
  expect(module?.types()).toMatchObject({ problem: { code: 'no-btf' } });
  expect(loadedModules(kernelOf({}, false))).toMatchObject({ problem: { code: 'no-modules' } });
});
