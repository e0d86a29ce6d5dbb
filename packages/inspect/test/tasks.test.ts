import { type FindKernelLayout, type LinearRun, layoutOf, ok, virtAddr } from '@pagewright/core';
import { expect, test } from 'vitest';
import { openKernel, tasks } from '../src/index.js';
import { MadeKernel, madeArchitecture } from './make-kernel.js';

const PF_KTHREAD = 0x0020_0000;
const made = () => {
  const kernel = new MadeKernel();
  const addresses = kernel.tasks([
    { pid: 1, tgid: 1, comm: 'init', mm: 0x1234_5000n },
    { pid: 2, tgid: 2, comm: 'kthreadd', flags: PF_KTHREAD },
    { pid: 77, tgid: 77, comm: 'zombie' },
  ]);
  return { kernel, addresses };
};

test('thread groups in order, kernel threads told apart from the dead', () => {
  const { kernel, addresses } = made();
  expect(tasks(kernel.opened())).toEqual({
    ok: true,
    value: {
      tasks: [
        {
          address: addresses[0],
          pid: 1,
          tgid: 1,
          comm: 'init',
          mm: 0x1234_5000n,
          kernelThread: false,
        },
        { address: addresses[1], pid: 2, tgid: 2, comm: 'kthreadd', kernelThread: true },
        { address: addresses[2], pid: 77, tgid: 77, comm: 'zombie', kernelThread: false },
      ],
    },
  });
});

test('without a symbol the idle task is found by its looks', () => {
  const { kernel } = made();
  // A process that is called the same, and a structure whose neighbours do not point back.
  kernel.object('task_struct', { comm: 'swapper/0', pid: 9 });
  kernel.object('task_struct', { comm: 'swapper/0', 'tasks.next': 0x1000_0100n });
  const without = kernel.name('init_task', 0n);
  const symbols = { ...without.symbols, address: () => undefined };
  const { dump, types } = kernel;
  const opened = openKernel(dump, {
    architectures: [madeArchitecture()],
    types,
    symbols,
    vmcoreinfo: kernel.opened().vmcoreinfo,
  });
  const list = opened.ok ? tasks(opened.value) : opened;
  expect(list.ok && list.value.tasks.map(({ pid }) => pid)).toEqual([1, 2, 77]);
});

test('the idle task that the direct map shows is known by its address in the image', () => {
  const { kernel, addresses } = made();
  const idle = kernel.symbols.address('init_task') ?? 0n;
  const links = BigInt(kernel.types.offset('task_struct.tasks') ?? 0);
  const toImage = 0x7000_0000n;
  const [first, last] = [addresses[0] as bigint, addresses[2] as bigint];
  kernel.object('task_struct', { 'tasks.prev': idle + toImage + links }, first);
  kernel.object('task_struct', { 'tasks.next': idle + toImage + links }, last);
  const architecture = madeArchitecture();
  const kernelLayout: FindKernelLayout = (facts) => {
    const layout = architecture.kernelLayout(facts);
    if (!layout.ok) return layout;
    const { form, root, runs } = layout.value;
    const image = (run: LinearRun) => ({
      ...run,
      start: virtAddr(run.start + toImage),
      end: run.end + toImage,
    });
    return ok(layoutOf({ form, root, runs: [...runs, ...runs.map(image)] }));
  };
  const opened = openKernel(kernel.dump, {
    architectures: [{ ...architecture, kernelLayout }],
    types: kernel.types,
    symbols: { ...kernel.symbols, address: () => undefined },
    vmcoreinfo: kernel.opened().vmcoreinfo,
  });
  const list = opened.ok ? tasks(opened.value) : opened;
  expect(list.ok && list.value.tasks.map(({ pid }) => pid)).toEqual([1, 2, 77]);
  expect(list.ok && list.value.problem).toBe(undefined);
});

test('nothing that looks like it: no-init-task', () => {
  const kernel = new MadeKernel().opened();
  expect(tasks(kernel)).toMatchObject({ ok: false, problem: { code: 'no-init-task' } });
});

test('a list that bites its tail ends with what it has', () => {
  const { kernel, addresses } = made();
  const [first, second] = addresses as [bigint, bigint];
  const links = BigInt(kernel.types.offset('task_struct.tasks') ?? 0);
  kernel.object('task_struct', { 'tasks.next': first + links }, second);
  const list = tasks(kernel.opened());
  expect(list).toMatchObject({ ok: true, value: { problem: { code: 'list-loop' } } });
  expect(list.ok && list.value.tasks.length).toBe(2);
});

test('a list that leads out of memory ends with what it has', () => {
  const { kernel, addresses } = made();
  kernel.object('task_struct', { 'tasks.next': 0x2000_0000n }, addresses[0]);
  const list = tasks(kernel.opened());
  expect(list.ok && list.value.tasks.map(({ pid }) => pid)).toEqual([1]);
  expect(list.ok && list.value.problem).toBeDefined();
});

test('no architecture takes the dump: each one’s reason is told', () => {
  const { kernel } = made();
  const answer = openKernel(kernel.dump, {
    architectures: [madeArchitecture(false)],
    vmcoreinfo: kernel.opened().vmcoreinfo,
  });
  expect(answer).toMatchObject({ ok: false, problem: { code: 'no-architecture' } });
  expect(!answer.ok && answer.problem.message).toContain('made: not of a made kernel');
});

test('without VMCOREINFO anywhere: no-vmcoreinfo', () => {
  const answer = openKernel(new MadeKernel().dump, { architectures: [madeArchitecture()] });
  expect(answer).toMatchObject({ ok: false, problem: { code: 'no-vmcoreinfo' } });
});
