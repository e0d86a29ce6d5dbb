import { hex, type KernelFacts, virtAddr } from '@pagewright/core';
import { expect, test } from 'vitest';
import { s390xForm } from '../src/index.js';
import { kernelLayout } from '../src/kernel.js';

type Known = Readonly<Record<string, bigint>>;
interface Given {
  readonly symbols: Known;
  readonly lines: Known;
  readonly kallsyms?: Known;
  /** Words in memory by physical address in hexadecimal. */
  readonly words: Known;
}

/** What a 6.12 kernel said of itself. */
const SINCE_6_10: Given = {
  symbols: {
    swapper_pg_dir: 0x3fffff40000n,
    high_memory: 0x3fffff8bac0n,
    vmemmap: 0x37200000000n,
  },
  lines: { IDENTITYBASE: 0n, KERNELOFFSET: 0x3fffe854000n, KERNELOFFPHYS: 0x754000n },
  words: { '0x1e40000': 0x24n, '0x1e8bac0': 0x14000000n },
};
/** A kernel before that: image and memory are mapped where they lie. */
const BEFORE: Given = {
  symbols: { swapper_pg_dir: 0x1a40000n, high_memory: 0x1a8bac0n },
  lines: { KERNELOFFSET: 0x800000n },
  words: { '0x1a40000': 0x28n, '0x1a8bac0': 0x20000000n, '0x1a181d8': 0x37200000000n },
};

function answer({ symbols, lines, kallsyms, words }: Given) {
  const built = s390xForm('s390x-3', { headers: '6.12' });
  if (!built.ok) throw new Error(built.problem.message);
  const facts: KernelFacts = {
    form: built.value,
    vmcoreinfo: {
      number: () => undefined,
      symbol: (name) => symbols[name],
      size: () => 64,
      hexadecimal: (key) => lines[key],
    },
    probe(address, length) {
      const word = words[hex(address)];
      if (word === undefined) return undefined;
      const bytes = new Uint8Array(length);
      new DataView(bytes.buffer).setBigUint64(0, word, false);
      return bytes;
    },
    ...(kallsyms === undefined
      ? {}
      : {
          symbol: (name) => {
            const at = kallsyms[name];
            return at === undefined ? undefined : virtAddr(at);
          },
        }),
  };
  return kernelLayout(facts);
}
function layout(given: Given) {
  const found = answer(given);
  if (!found.ok) throw new Error(found.problem.message);
  return found.value;
}

test('since 6.10 the image is mapped apart from the identity mapping', () => {
  const { root, form, directMap, pageOffset, vmemmap } = layout(SINCE_6_10);
  expect(root).toBe(0x1e4_0000n);
  expect(form.name).toBe('s390x-3');
  expect(directMap(0x3fffe954000n)).toBe(0x85_4000n);
  expect(directMap(0x13d18000n)).toBe(0x13d1_8000n);
  expect(directMap(0x14000000n)).toBeUndefined();
  expect([pageOffset, vmemmap]).toEqual([0n, 0x37200000000n]);
});

test('an identity base other than 0, and an image whose end the symbols tell', () => {
  const { directMap, pageOffset } = layout({
    ...SINCE_6_10,
    lines: { ...SINCE_6_10.lines, IDENTITYBASE: 0x200_0000_0000n },
    words: { ...SINCE_6_10.words, '0x1e8bac0': 0x200_1400_0000n },
    kallsyms: { _end: 0x40000000000n },
  });
  expect(pageOffset).toBe(0x200_0000_0000n);
  expect(directMap(0x200_0000_1000n)).toBe(0x1000n);
  expect(directMap(0x1000n)).toBeUndefined();
  expect(directMap(0x40000000000n)).toBeUndefined();
});

test('before 6.10 addresses of memory are physical ones; the root’s type tells its levels', () => {
  const { root, form, directMap, vmemmap } = layout({
    ...BEFORE,
    kallsyms: { vmemmap: 0x1a181d8n },
  });
  expect(root).toBe(0x1a4_0000n);
  expect([form.name, form.headers]).toEqual(['s390x-4', '6.12']);
  expect(directMap(0x1a40008n)).toBe(0x1a4_0008n);
  expect(directMap(0x20000000n)).toBeUndefined();
  expect(vmemmap).toBe(0x37200000000n);
  expect(layout(BEFORE).vmemmap).toBeUndefined();
});

test('without a readable high_memory only the tables know the identity mapping', () => {
  const { runs, pageOffset } = layout({ ...SINCE_6_10, words: { '0x1e40000': 0x24n } });
  expect(runs.map(({ name }) => name)).toEqual(['kernel image']);
  expect(pageOffset).toBeUndefined();
});

test.each([
  ['no root', { ...SINCE_6_10, symbols: {} }],
  ['a root outside the image', { ...SINCE_6_10, symbols: { swapper_pg_dir: 0x1000n } }],
  ['a root that is not in the dump', { ...SINCE_6_10, words: {} }],
  ['a segment table as root', { ...SINCE_6_10, words: { '0x1e40000': 0x20n } }],
])('%s: undecided', (_, given) => {
  expect(answer(given)).toMatchObject({ ok: false, problem: { code: 'undecided' } });
});
