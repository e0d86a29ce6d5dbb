import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bytesSource,
  findVmcoreinfo,
  parseVmcoreinfo,
  rawMemory,
  segmentMemory,
} from '../src/index.js';

/** Lines as kernels of three architectures write them. */
const TEXT = `OSRELEASE=6.1.0-56-amd64
BUILD-ID=eb4fbcd037e7253717950bf2b93bd5566f47c56f
PAGESIZE=4096
SYMBOL(_stext)=ffffffff9e200000
LENGTH(mem_section)=4096
SIZE(page)=64
OFFSET(page.flags)=0
OFFSET(page._refcount)=52
NUMBER(phys_base)=-257949696
NUMBER(VMALLOC_START)=0xffffc90000000000
NUMBER(sme_mask)=0
KERNELOFFSET=1d200000
`;

test('lines are numbers of their kinds', () => {
  const info = parseVmcoreinfo(TEXT);
  expect(info.osrelease).toBe('6.1.0-56-amd64');
  expect(info.pageSize).toBe(4096);
  expect(info.symbol('_stext')).toBe(0xffffffff9e200000n);
  expect(info.length('mem_section')).toBe(4096);
  expect(info.size('page')).toBe(64);
  expect(info.offset('page.flags')).toBe(0);
  expect(info.offset('page._refcount')).toBe(52);
  expect(info.number('phys_base')).toBe(-257949696n);
  expect(info.number('VMALLOC_START')).toBe(0xffffc90000000000n);
  expect(info.hexadecimal('KERNELOFFSET')).toBe(0x1d200000n);
  expect(info.lines.get('NUMBER(sme_mask)')).toBe('0');
  expect(info.text).toBe(TEXT);
});

test('what is not there, or is no number, is absent', () => {
  const info = parseVmcoreinfo(
    'SYMBOL(a)=xyz\nNUMBER(b)=\nSIZE(c)=-1\nSYMBOL(d)=10000000000000000\nnonsense\n=5\n',
  );
  expect(info.symbol('a')).toBeUndefined();
  expect(info.number('b')).toBeUndefined();
  expect(info.size('c')).toBeUndefined();
  expect(info.symbol('d')).toBeUndefined();
  expect(info.offset('e')).toBeUndefined();
  expect(info.osrelease).toBeUndefined();
  expect(info.pageSize).toBeUndefined();
  expect([...info.lines.keys()]).toEqual(['SYMBOL(a)', 'NUMBER(b)', 'SIZE(c)', 'SYMBOL(d)']);
});

test('any text parses', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      const { lines } = parseVmcoreinfo(text);
      expect(lines.size).toBeLessThanOrEqual(text.split('\n').length);
    }),
  );
});

const PAGE = 4096;
/** Memory of some pages with texts at byte offsets in it. */
function pagesWith(pages: number, texts: Readonly<Record<number, string>>): Uint8Array {
  const bytes = new Uint8Array(pages * PAGE);
  for (const [at, text] of Object.entries(texts)) {
    bytes.set(new TextEncoder().encode(text), Number(at));
  }
  return bytes;
}

const search = (bytes: Uint8Array, base = 0n) => {
  const length = BigInt(bytes.length);
  return findVmcoreinfo(rawMemory(bytesSource('image', bytes), base), [{ physical: base, length }]);
};

test.each([
  ['at the start of a page', 3 * PAGE],
  ['behind a note header', 3 * PAGE + 24],
  ['in the last page', 699 * PAGE],
])('the text is found %s', (_, at) => {
  const found = search(pagesWith(700, { [at]: TEXT }), 0x4000_0000n);
  expect(found.ok && found.value.text).toBe(TEXT);
});

test('a text longer than a page is read whole', () => {
  const long = `${TEXT}${'SIZE(x)=1\n'.repeat(1000)}SIZE(last)=7\n`;
  const found = search(pagesWith(8, { [PAGE]: long }));
  expect(found.ok && found.value.size('last')).toBe(7);
});

test('mentions elsewhere in a page, and pages that only begin alike, are passed over', () => {
  const decoys = { 100: TEXT, [PAGE]: 'OSRELEASE=%s\n', [2 * PAGE + 25]: TEXT };
  const none = search(pagesWith(4, decoys));
  expect(none.ok ? none.value.text : none.problem).toMatchObject({
    code: 'no-vmcoreinfo',
    evidence: { texts: 1 },
  });
  const found = search(pagesWith(5, { ...decoys, [4 * PAGE]: TEXT }));
  expect(found.ok && found.value.text).toBe(TEXT);
});

test("another kernel's text is passed over when the caller knows better", () => {
  const other = TEXT.replace('6.1.0', '5.10');
  const bytes = pagesWith(3, { 0: other, [PAGE]: TEXT });
  const ranges = [{ physical: 0n, length: BigInt(bytes.length) }];
  const memory = rawMemory(bytesSource('image', bytes));
  const first = findVmcoreinfo(memory, ranges);
  expect(first.ok && first.value.text).toBe(other);
  const right = findVmcoreinfo(
    memory,
    ranges,
    ({ osrelease }) => osrelease?.startsWith('6.') === true,
  );
  expect(right.ok && right.value.text).toBe(TEXT);
});

test('a memory full of texts does not make the search last', () => {
  const bytes = pagesWith(1000, {});
  for (let page = 0; page < 1000; page++) {
    bytes.set(new TextEncoder().encode('OSRELEASE=x'.padEnd(PAGE, 'y')), page * PAGE);
  }
  const found = search(bytes);
  expect(found.ok ? found.value.text : found.problem.evidence).toEqual({ texts: 256 });
});

test('holes in memory do not hide it', () => {
  const bytes = pagesWith(6, { [4 * PAGE]: TEXT });
  const segments = [
    { physical: 0n, offset: 0n, length: BigInt(2 * PAGE) },
    { physical: BigInt(4 * PAGE), offset: BigInt(4 * PAGE), length: BigInt(2 * PAGE) },
  ];
  const memory = segmentMemory(bytesSource('image', bytes), segments);
  const found = findVmcoreinfo(memory, [{ physical: 0n, length: BigInt(6 * PAGE) }]);
  expect(found.ok && found.value.text).toBe(TEXT);
});

test('ranges that claim more than there is end the search', () => {
  let reads = 0;
  const memory = {
    byteCount: BigInt(PAGE),
    read: () => {
      reads++;
      return { ok: false as const, problem: { code: 'not-in-dump', message: 'nothing here' } };
    },
  };
  const found = findVmcoreinfo(memory, [{ physical: 0n, length: 1n << 60n }]);
  expect(found.ok).toBe(false);
  expect(reads).toBeLessThan(2_000_000);
});

test('500 damaged memories: a text that reads, or none', () => {
  const change = fc.record({ at: fc.nat(2 * PAGE - 1), value: fc.nat(255) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const bytes = pagesWith(2, { [PAGE]: TEXT });
      for (const { at, value } of changes) bytes[at] = value;
      const found = search(bytes);
      if (found.ok) expect(found.value.symbol('_stext')).toBeTypeOf('bigint');
      else expect(found.problem.code).toBe('no-vmcoreinfo');
    }),
    { numRuns: 500, seed: 20261121 },
  );
});
