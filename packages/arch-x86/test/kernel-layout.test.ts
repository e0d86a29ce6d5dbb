import { type KernelFacts, virtAddr } from '@pagewright/core';
import { expect, test } from 'vitest';
import { x86Form } from '../src/index.js';
import { kernelLayout } from '../src/kernel.js';

/** What a 6.1 kernel with both randomisations said of itself, and words of its variables. */
const NUMBERS = { phys_base: -257949696n, KERNEL_IMAGE_SIZE: 0x4000_0000n };
const SYMBOLS = { swapper_pg_dir: 0xffffffff9fc10000n };
const KALLSYMS = {
  _text: 0xffffffff9e200000n,
  _end: 0xffffffffa1630000n,
  page_offset_base: 0xffffffff9f615740n,
  vmalloc_base: 0xffffffff9f615738n,
  vmemmap_base: 0xffffffff9f615730n,
};
const WORDS = new Map([
  [0x1001_5740n, 0xffff8970c0000000n],
  [0x1001_5738n, 0xffffcac6c0000000n],
  [0x1001_5730n, 0xfffffc0300000000n],
]);
type Known = Readonly<Record<string, bigint>>;

function facts(given: {
  readonly numbers?: Known;
  readonly symbols?: Known;
  readonly kallsyms?: Known;
  readonly form?: string;
  readonly words?: ReadonlyMap<bigint, bigint>;
}): KernelFacts {
  const { numbers = NUMBERS, symbols = SYMBOLS, kallsyms, form = 'x86_64', words = WORDS } = given;
  const built = x86Form(form);
  if (!built.ok) throw new Error(built.problem.message);
  const found = (known: Known, name: string) => known[name];
  return {
    form: built.value,
    vmcoreinfo: {
      number: (name) => found(numbers, name),
      symbol: (name) => found(symbols, name),
      size: () => 64,
      hexadecimal: () => undefined,
    },
    probe(address, length) {
      const word = words.get(address);
      if (word === undefined) return undefined;
      const bytes = new Uint8Array(length);
      new DataView(bytes.buffer).setBigUint64(0, word, true);
      return bytes;
    },
    ...(kallsyms === undefined
      ? {}
      : {
          symbol: (name) => {
            const at = found(kallsyms, name);
            return at === undefined ? undefined : virtAddr(at);
          },
        }),
  };
}
const layout = (given: Parameters<typeof facts>[0]) => {
  const answer = kernelLayout(facts(given));
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
};

test('VMCOREINFO alone: the root and the image', () => {
  const { root, runs, pageOffset, vmemmap, directMap } = layout({});
  expect(root).toBe(0x1061_0000n);
  expect(runs.map(({ name }) => name)).toEqual(['kernel image']);
  expect([pageOffset, vmemmap]).toEqual([undefined, undefined]);
  expect(directMap(0xffffffff9e200000n)).toBe(0xec0_0000n);
  expect(directMap(0xffff8970d3fc6000n)).toBeUndefined();
});

test('symbols: variables of the image say where the rest begins', () => {
  const { pageOffset, vmemmap, directMap } = layout({ kallsyms: KALLSYMS });
  expect(pageOffset).toBe(0xffff8970c0000000n);
  expect(vmemmap).toBe(0xfffffc0300000000n);
  expect(directMap(0xffff8970d3fc6000n)).toBe(0x13fc_6000n);
  expect(directMap(0xffffcac6c0000000n)).toBeUndefined();
  expect(directMap(0xffffffffa162ffffn)).toBe(0x1202_ffffn);
  expect(directMap(0xffffffffa1630000n)).toBeUndefined();
});

test.each([
  ['x86_64', 0xffff888000001000n, 0xffffea0000000000n],
  ['x86_64-la57', 0xff11000000001000n, 0xffd4000000000000n],
])('%s without such variables: the fixed bases', (form, address, vmemmap) => {
  const { directMap, vmemmap: found } = layout({ form, kallsyms: { _text: 0xffffffff81000000n } });
  expect(directMap(address)).toBe(0x1000n);
  expect(found).toBe(vmemmap);
});

test.each([
  ['x86_64', 0xffff8970c0000000n, [0x112n, 0x1c3n, 0n, 1n]],
  ['x86_64-la57', 0xff2a000140000000n, [0x12an, 0n, 5n, 0n, 1n]],
])(
  '%s, a table of functions alone: the tables show where the direct map begins',
  (form, base, path) => {
    const words = new Map<bigint, bigint>();
    // The root lies where swapper_pg_dir does, each table in the page after it; frame 1 is mapped.
    for (const [depth, index] of path.entries()) {
      const table = 0x1061_0000n + 0x1000n * BigInt(depth);
      for (let i = 0n; i < 512n; i++) words.set(table + 8n * i, 0n);
      const isLast = depth === path.length - 1;
      words.set(table + 8n * index, isLast ? 0x8000_0000_0000_1163n : table + 0x1000n + 0x67n);
    }
    const { pageOffset, vmemmap, directMap } = layout({
      form,
      kallsyms: { _text: 0xffffffff9e200000n },
      words,
    });
    expect(pageOffset).toBe(base);
    expect(directMap(base + 0x1000n)).toBe(0x1000n);
    expect(vmemmap).toBe(undefined);
  },
);

test('VMCOREINFO’s own vmemmap and start of vmalloc count where it has them', () => {
  const symbols = { ...SYMBOLS, vmemmap: 0xfffffb6b40000000n };
  const numbers = { ...NUMBERS, VMALLOC_START: 0xffff8970d0000000n };
  const { vmemmap, directMap } = layout({ symbols, numbers, kallsyms: KALLSYMS });
  expect(vmemmap).toBe(0xfffffb6b40000000n);
  expect(directMap(0xffff8970cfffffffn)).toBe(0xfff_ffffn);
  expect(directMap(0xffff8970d0000000n)).toBeUndefined();
});

test.each([
  ['no phys_base', { numbers: {} }],
  ['no root', { symbols: {} }],
  ['a root outside the image', { symbols: { swapper_pg_dir: 0x1000n } }],
])('%s: undecided', (_, given) => {
  expect(kernelLayout(facts(given))).toMatchObject({ ok: false, problem: { code: 'undecided' } });
});
