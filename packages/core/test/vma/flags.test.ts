import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { virtAddr } from '../../src/units.js';
import {
  formatVmFlags,
  isCowMapping,
  linearPfn,
  parseVmFlags,
  smapsLetters,
  VM_FLAGS,
  VM_MAYWRITE,
  VM_SHARED,
  type VmFlagContext,
  vmConstant,
  vmFlagMask,
  vmFlagsWithoutLetters,
} from '../../src/vma/index.js';

const plain = (headers: VmFlagContext['headers']): VmFlagContext => ({ headers, vmFlags: {} });
const NEW = plain('7.2');
const OLD = plain('6.12');

const parsed = (text: string, context = NEW) => {
  const result = parseVmFlags(text, context);
  return result.ok ? result.value : result.problem.message;
};

describe('flags against the headers', () => {
  const fixtures = new URL('../../../../fixtures/', import.meta.url);
  // Flags that depend on the architecture come from the form; the form's own test compares them.
  const ofTheForm = new Set(['VM_SHADOW_STACK', 'VM_SOFTDIRTY', 'VM_UFFD_MINOR']);
  for (const [directory, headers] of [
    ['golden', '6.12'],
    ['golden-7.2', '7.2'],
  ] as const) {
    for (const form of readdirSync(new URL(`${directory}/`, fixtures))) {
      const path = new URL(`${directory}/${form}/facts.json`, fixtures);
      test(`${directory}/${form}`, () => {
        const facts = JSON.parse(readFileSync(path, 'utf8')) as {
          page_shift: number;
          vm_flags: Record<string, string>;
        };
        const own = Object.entries(facts.vm_flags).filter(([name]) => ofTheForm.has(name));
        const context = {
          headers,
          pageShift: facts.page_shift,
          vmFlags: Object.fromEntries(own.map(([name, value]) => [name, BigInt(value)])),
        };
        expect(Object.keys(facts.vm_flags).length).toBeGreaterThan(15);
        for (const [name, value] of Object.entries(facts.vm_flags)) {
          expect([name, vmConstant(context, name)]).toEqual([name, BigInt(value)]);
        }
      });
    }
  }

  test('a generation without a form has the flags where its own header puts them', () => {
    const minor = (context: VmFlagContext) =>
      vmConstant({ ...context, pageShift: 12 }, 'VM_UFFD_MINOR');
    expect([minor(plain('6.1')), minor(OLD), minor(NEW)]).toEqual([
      1n << 37n,
      1n << 38n,
      1n << 41n,
    ]);
  });

  test('no two flags of a generation share a bit', () => {
    for (const context of [plain('6.1'), OLD, NEW]) {
      const masks = VM_FLAGS.flatMap((flag) => vmFlagMask(context, flag) ?? []);
      expect(new Set(masks).size).toBe(masks.length);
      expect(masks.length).toBeGreaterThan(30);
    }
  });
});

describe('reading and writing flags', () => {
  test('numbers, names and letters say the same', () => {
    const expected = { flags: 0x10000473n, unnamed: 0 };
    expect(parsed('0x10000473')).toEqual(expected);
    expect(
      parsed('VM_READ|VM_WRITE|VM_MAYREAD|VM_MAYWRITE|VM_MAYEXEC|VM_PFNMAP|VM_MIXEDMAP'),
    ).toEqual(expected);
    expect(parsed('read,write mayread+maywrite|mayexec pfnmap mixedmap')).toEqual(expected);
    expect(parsed('VmFlags: rd wr mr mw me pf mm')).toEqual(expected);
    expect(parsed('268436595')).toEqual(expected);
    expect(parsed('0')).toEqual({ flags: 0n, unnamed: 0 });
  });

  test('flags that smaps cannot name are counted', () => {
    const line = 'rd wr sh mr mw ms pf io de dd sd ??';
    expect(parsed(line)).toEqual({ flags: 0xc0444bbn, unnamed: 1 });
    expect(vmFlagsWithoutLetters(NEW).map((flag) => flag.name)).toEqual(['VM_ALLOW_ANY_UNCACHED']);
  });

  test('what nobody knows is answered with the word', () => {
    expect(parsed('')).toMatch(/no flag is named/);
    expect(parsed('rd zz')).toBe('VMA flag "zz": no number, VM_ name or smaps letters');
    expect(parsed('0x1ffffffffffffffff')).toMatch(/no number/);
    expect(parsed('99999999999999999999')).toMatch(/wider than 64 bits/);
    expect(parsed('gu', OLD)).toBe('VMA flag "gu": VM_MAYBE_GUARD does not exist there (6.12)');
    expect(parsed('ss')).toMatch(/VM_SHADOW_STACK does not exist/);
    expect(parsed('rd '.repeat(5000))).toMatch(/more than 4096/);
  });

  test('a form adds, moves and removes flags', () => {
    const form: VmFlagContext = {
      headers: '6.12',
      vmFlags: { VM_SHADOW_STACK: 1n << 37n, VM_SOFTDIRTY: 0n, VM_ARM64_BTI: 1n << 24n },
    };
    expect(parsed('ss', form)).toEqual({ flags: 1n << 37n, unnamed: 0 });
    expect(parsed('sd', form)).toMatch(/does not exist/);
    expect(smapsLetters((1n << 24n) | 1n, form)).toBe('rd bt');
    expect(smapsLetters((1n << 24n) | 1n, OLD)).toBe('rd ar');
  });

  test('every value is written so that it reads back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (flags) => {
        expect(parsed(formatVmFlags(flags, NEW))).toEqual({ flags, unnamed: 0 });
      }),
    );
  });
});

describe('predicates', () => {
  test('copy-on-write is private and may be written', () => {
    expect(isCowMapping(VM_MAYWRITE)).toBe(true);
    expect(isCowMapping(VM_MAYWRITE | VM_SHARED)).toBe(false);
    expect(isCowMapping(0n)).toBe(false);
  });

  test('the pfn on the line starts at vm_pgoff and grows with the pages', () => {
    const vma = {
      start: virtAddr(0x10000000n),
      end: virtAddr(0x10010000n),
      flags: 0n,
      pgoff: 0x5000n,
      ops: null,
    };
    expect(linearPfn(vma, virtAddr(0x10003000n), 12)).toBe(0x5003n);
    expect(linearPfn(vma, virtAddr(0x10003fffn), 12)).toBe(0x5003n);
  });
});
