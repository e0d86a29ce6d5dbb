import {
  type FindKernelLayout,
  layoutOf,
  ok,
  physAddr,
  probeWord,
  virtAddr,
} from '@pagewright/core';
import { expect, test } from 'vitest';
import { kernelMemory } from '../src/kernel-memory.js';
import { parseVmcoreinfo } from '../src/vmcoreinfo.js';
import { madeForm } from './make-form.js';
import { MadeKernel } from './make-kernel.js';

const TEXT = `OSRELEASE=7.2.0-made
SYMBOL(init_uts_ns)=300200
OFFSET(uts_namespace.name)=16
`;
/** The direct map begins where a variable says, which only the symbol table finds. */
const findLayout: FindKernelLayout = (facts) => {
  const variable = facts.symbol?.('base');
  const base =
    variable === undefined ? undefined : probeWord(facts, physAddr(variable - 0x30_0000n));
  const start = virtAddr(base ?? 0x30_0000n);
  const runs = [{ name: 'direct map', start, end: start + 0x4000n, physical: 0n }];
  return ok(layoutOf({ form: facts.form, root: physAddr(0n), runs, pageOffset: start }));
};
const kernel = (release: string) =>
  new MadeKernel(madeForm(), 4)
    .word(0x3000, 0x50_0000n)
    .text(0x200 + 16, 'Linux')
    .text(0x200 + 16 + 130, release);
const ask = (made: MadeKernel, text: string, base?: bigint) =>
  kernelMemory({
    memory: made.memory,
    form: made.form,
    vmcoreinfo: parseVmcoreinfo(text),
    findLayout,
    ...(base === undefined ? {} : { symbol: () => virtAddr(base) }),
  });

test('a layout that finds the kernel’s own name is confirmed', () => {
  expect(ask(kernel('7.2.0-made'), TEXT)).toMatchObject({ ok: true });
});

test('symbols give what VMCOREINFO lacks', () => {
  const moved = TEXT.replace('300200', '500200');
  const answer = ask(kernel('7.2.0-made'), moved, 0x30_3000n);
  expect(answer.ok && answer.value.layout.pageOffset).toBe(0x50_0000n);
});

test.each([
  ['another release', kernel('7.2.0-other'), TEXT],
  ['nothing there', kernel('7.2.0-made'), TEXT.replace('300200', '900000')],
])('%s: the layout is wrong', (_, made, text) => {
  expect(ask(made, text)).toMatchObject({ ok: false, problem: { code: 'wrong-layout' } });
});

test('of a release without end only what a kernel could say is told', () => {
  const answer = ask(kernel('x'), TEXT.replace('7.2.0-made', 'y'.repeat(10_000)));
  expect(answer.ok ? 0 : answer.problem.message.length).toBeLessThan(200);
  expect(answer).toMatchObject({ ok: false, problem: { code: 'wrong-layout' } });
});

test('what VMCOREINFO does not say is not checked', () => {
  expect(ask(kernel('x'), 'OSRELEASE=7.2.0-made\n')).toMatchObject({ ok: true });
});
