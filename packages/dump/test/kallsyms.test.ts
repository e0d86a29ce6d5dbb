import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AddressForm, parseVmcoreinfo, readKallsyms, type Symbols } from '../src/index.js';
import { type MadeKallsyms, type MadeSymbol, makeKallsyms } from './make-kallsyms.js';

const TEXT = 0xffffffff81000000n;
const symbol = (name: string, address: bigint, type = 'T'): MadeSymbol => ({ name, address, type });
/** Two functions of one name, two names at one place, and neighbours. */
const SYMBOLS = [
  symbol('_text', TEXT),
  symbol('_stext', TEXT),
  symbol('init_once', TEXT + 0x40n, 't'),
  symbol('sys_read', TEXT + 0x100n),
  symbol('init_once', TEXT + 0x180n, 't'),
  symbol('_end', TEXT + 0x2000n, 'B'),
];

function read(made: MadeKallsyms): Symbols {
  const image = makeKallsyms(made);
  const found = readKallsyms(image.memory, parseVmcoreinfo(image.vmcoreinfo));
  if (!found.ok) throw new Error(found.problem.message);
  return found.value;
}

const listed = (symbols: Symbols) =>
  Array.from({ length: symbols.count }, (_, i) => {
    const { name, address, type } = symbols.at(i);
    return { name, address, type };
  });

const problem = (made: MadeKallsyms, edit: (vmcoreinfo: string) => string) => {
  const image = makeKallsyms(made);
  const found = readKallsyms(image.memory, parseVmcoreinfo(edit(image.vmcoreinfo)));
  return found.ok ? undefined : found.problem;
};

test('names find addresses, the lowest first', () => {
  const symbols = read({ symbols: SYMBOLS });
  expect(symbols.address('sys_read')).toBe(TEXT + 0x100n);
  expect(symbols.address('init_once')).toBe(TEXT + 0x40n);
  expect(symbols.all('init_once')).toEqual([TEXT + 0x40n, TEXT + 0x180n]);
  expect(symbols.address('sys_rea')).toBeUndefined();
  expect(symbols.address('sys_read_')).toBeUndefined();
  expect(symbols.address('')).toBeUndefined();
  expect(symbols.address('x'.repeat(600))).toBeUndefined();
});

test('addresses find the first symbol at the place, and end where the image ends', () => {
  const symbols = read({ symbols: SYMBOLS });
  expect(symbols.nearest(TEXT)).toEqual({ name: '_text', offset: 0n, size: 0x40n });
  expect(symbols.nearest(TEXT + 0x17fn)).toEqual({ name: 'sys_read', offset: 0x7fn, size: 0x80n });
  expect(symbols.nearest(TEXT + 0x2000n)).toEqual({ name: '_end', offset: 0n });
  expect(symbols.nearest(TEXT + 0x2001n)).toBeUndefined();
  expect(symbols.nearest(TEXT - 1n)).toBeUndefined();
});

test('absolute per-cpu symbols keep their offsets and do not reach up to the kernel', () => {
  const percpu = [
    symbol('__per_cpu_start', 0n, 'A'),
    symbol('pcpu_hot', 0x40n, 'A'),
    symbol('__per_cpu_end', 0x1000n, 'A'),
  ];
  const symbols = read({
    symbols: [...percpu, ...SYMBOLS],
    form: 'percpu-absolute',
    relativeBase: TEXT,
  });
  expect(symbols.addressForm).toBe('percpu-absolute');
  expect(symbols.percpuBase).toBe(0n);
  expect(symbols.at(1)).toEqual({ name: 'pcpu_hot', address: 0x40n, type: 'A', absolute: true });
  expect(symbols.at(4).absolute).toBe(false);
  expect(symbols.address('_end')).toBe(TEXT + 0x2000n);
  expect(symbols.nearest(0x50n)).toEqual({ name: 'pcpu_hot', offset: 0x10n, size: 0xfc0n });
  expect(symbols.nearest(0x1000n)).toEqual({ name: '__per_cpu_end', offset: 0n });
  expect(symbols.nearest(0x1001n)).toBeUndefined();
});

test('names longer than 127 codes have their length in two bytes', () => {
  const long = 'abcdefgh'.repeat(50);
  const symbols = read({ symbols: [...SYMBOLS, symbol(long, TEXT + 0x3000n)] });
  expect(symbols.at(6).name).toBe(long);
  expect(symbols.address(long)).toBe(TEXT + 0x3000n);
});

test('names are cut where the kernel cuts them', () => {
  const symbols = read({ symbols: [symbol('a'.repeat(600), TEXT), symbol('b', TEXT + 1n)] });
  expect(symbols.at(0).name).toBe('a'.repeat(511));
  expect(symbols.at(1).name).toBe('b');
});

test('a place outside the table is our own mistake', () => {
  expect(() => read({ symbols: SYMBOLS }).at(6)).toThrow(RangeError);
});

const FORMS: readonly { form: AddressForm; wordBytes: 4 | 8 }[] = [
  { form: 'absolute', wordBytes: 8 },
  { form: 'relative', wordBytes: 8 },
  { form: 'percpu-absolute', wordBytes: 8 },
  { form: 'place-relative', wordBytes: 8 },
  { form: 'absolute', wordBytes: 4 },
  { form: 'relative', wordBytes: 4 },
  { form: 'place-relative', wordBytes: 4 },
];

const arbitrarySymbols = (start: bigint) =>
  fc
    .array(
      fc.record({
        name: fc.stringMatching(/^[a-z_]{1,12}$/),
        step: fc.bigInt(0n, 0xffffn),
        type: fc.constantFrom('T', 't', 'D', 'b', 'r'),
      }),
      { maxLength: 40 },
    )
    .map((list) => {
      let address = start;
      const rest = list.map(({ name, step, type }) => {
        address += step;
        return symbol(name, address, type);
      });
      return [symbol('_stext', start), ...rest];
    });

test.each(FORMS)('$form addresses of $wordBytes bytes read back in every layout', (kind) => {
  const start = kind.wordBytes === 8 ? TEXT : 0xc0000000n;
  fc.assert(
    fc.property(
      arbitrarySymbols(start),
      fc.constantFrom('little' as const, 'big' as const),
      fc.boolean(),
      (symbols, byteOrder, addressesFirst) => {
        const found = read({ symbols, byteOrder, addressesFirst, ...kind });
        expect(found.addressForm).toBe(kind.form);
        expect(listed(found)).toEqual(symbols);
        for (const { name } of symbols) {
          const all = symbols.filter((one) => one.name === name).map(({ address }) => address);
          expect(found.all(name)).toEqual(all);
        }
        for (const { address } of symbols) {
          const first = symbols.find((one) => one.address === address);
          expect(found.nearest(address)).toMatchObject({ name: first?.name, offset: 0n });
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('without _stext the form in which addresses ascend is taken', () => {
  const symbols = SYMBOLS.filter(({ name }) => name !== '_stext');
  for (const form of ['relative', 'percpu-absolute'] as const) {
    expect(listed(read({ symbols, form }))).toEqual(symbols);
  }
});

test.each([
  'kallsyms_num_syms',
  'kallsyms_names',
  'kallsyms_token_table',
  'kallsyms_token_index',
  'kallsyms_offsets',
])('VMCOREINFO without %s is named', (name) => {
  const found = problem({ symbols: SYMBOLS }, (text) => text.replace(`SYMBOL(${name})`, 'NO'));
  expect(found).toMatchObject({ code: 'no-kallsyms', evidence: { symbol: name } });
});

test('tables of another kernel are refused', () => {
  const moved = problem({ symbols: SYMBOLS }, (text) => text.replace('81000000', '81200000'));
  expect(moved?.code).toBe('bad-kallsyms');
});

test('a name that runs out of its table and a token without an end are refused', () => {
  const image = makeKallsyms({ symbols: SYMBOLS });
  const info = parseVmcoreinfo(image.vmcoreinfo);
  const place = (name: string) => Number((info.symbol(name) as bigint) - image.at);
  const code = () => {
    const found = readKallsyms(image.memory, info);
    return found.ok ? 'ok' : `${found.problem.code}: ${found.problem.message}`;
  };
  const namesAt = place('kallsyms_names');
  const lengths = image.bytes.slice(namesAt, namesAt + 2);
  image.bytes.set([0xff, 0xff], namesAt);
  expect(code()).toMatch(/^bad-kallsyms: name 0 of 6 reaches beyond/);
  image.bytes.set(lengths, namesAt);
  expect(code()).toBe('ok');
  image.bytes.set([0xff, 0xff], place('kallsyms_token_index') + 20);
  expect(code()).toMatch(/^bad-kallsyms: token 10 at 65535/);
});
