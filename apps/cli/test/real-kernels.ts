import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kernelLayout as arm64Layout } from '@pagewright/arch-arm64/kernel';
import { kernelLayout as umLayout } from '@pagewright/arch-nopte-special/kernel';
import { kernelLayout as s390xLayout } from '@pagewright/arch-s390x/kernel';
import { kernelLayout as x86Layout } from '@pagewright/arch-x86/kernel';
import type { FindKernelLayout, Result, VirtAddr } from '@pagewright/core';
import { kernelMemory, parseVmcoreinfo } from '@pagewright/dump';
import { openDumpFiles } from '@pagewright/dump/node';
import { allBackends } from '../src/backends.js';

/** Folder with one folder a guest: dump.elf or dump.*.kdump, vmcoreinfo.txt, kallsyms, truth.json. */
const DUMPS = process.env.PAGEWRIGHT_DUMPS;

/** Names of the guests there are; none without the variable. */
export const guests = (): readonly string[] =>
  DUMPS === undefined || !existsSync(DUMPS) ? [] : readdirSync(DUMPS).sort();

const LAYOUTS: Readonly<Record<string, FindKernelLayout>> = {
  x86: x86Layout,
  arm64: arm64Layout,
  s390x: s390xLayout,
  'nopte-special': umLayout,
};

/** The value, or the problem thrown: a test that cannot go on fails with the reason. */
export function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
  return result.value;
}

/** Opens a guest's dump; `symbols` are those that its running kernel listed. */
export async function realKernel(guest: string) {
  const at = (name: string) => join(DUMPS ?? '', guest, name);
  const file = readdirSync(at('')).find((name) => /^dump\.(elf|.*kdump)$/.test(name)) as string;
  const dump = value(await openDumpFiles([at(file)]));
  const vmcoreinfo = parseVmcoreinfo(readFileSync(at('vmcoreinfo.txt'), 'utf8'));
  const machine = dump.machine === undefined ? {} : { elfMachine: dump.machine };
  const backends = (await allBackends()).map((backend) => ({
    findLayout: LAYOUTS[backend.arch] as FindKernelLayout,
    form: backend.formFromDump({ vmcoreinfo: vmcoreinfo.lines, ...machine }),
  }));
  const chosen = backends.filter(({ form }) => form.ok);
  if (chosen.length !== 1) throw new Error(`${chosen.length} architectures claim ${guest}`);
  const { form, findLayout } = chosen[0] as (typeof backends)[number];
  const symbols = listedSymbols(readFileSync(at('kallsyms'), 'latin1'));
  const facts = { memory: dump.memory, form: value(form), vmcoreinfo, findLayout };
  return {
    dump,
    vmcoreinfo,
    symbols,
    truth: readFileSync(at('truth.json'), 'utf8'),
    withoutSymbols: value(kernelMemory(facts)),
    virtual: value(kernelMemory({ ...facts, symbol: (name) => symbols.get(name) })),
  };
}

/** Lines `address type name`, those of modules left out; the first of equal names counts. */
function listedSymbols(text: string): ReadonlyMap<string, VirtAddr> {
  const symbols = new Map<string, VirtAddr>();
  for (const line of text.split('\n')) {
    const [address, , name, module] = line.split(/\s+/);
    if (name === undefined || module?.startsWith('[') || symbols.has(name)) continue;
    symbols.set(name, BigInt(`0x${address}`) as VirtAddr);
  }
  return symbols;
}
