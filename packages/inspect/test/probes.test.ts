import type { ArchBackend, EntryForm } from '@pagewright/core';
import { describe, expect, test } from 'vitest';
import { x86 } from '../../arch-x86/src/index.js';
import { chooseKernel, type Evidence, type KernelOverrides } from '../src/probes.js';

const backend: ArchBackend = x86;

function form(headers: '6.1' | '6.12' | '7.2'): EntryForm {
  const made = backend.form('x86_64', { headers });
  if (!made.ok) throw new Error(made.problem.message);
  return made.value;
}

const evidence = (types: readonly string[], symbols: readonly string[] = []): Evidence => ({
  types: { has: (path) => types.includes(path) },
  symbols: { address: (name) => (symbols.includes(name) ? 0xffff_ffff_8100_0000n : undefined) },
});

function choose(headers: '6.1' | '6.12' | '7.2', given: Evidence, overrides: KernelOverrides = {}) {
  const chosen = chooseKernel(backend, form(headers), given, overrides);
  if (!chosen.ok) throw new Error(chosen.problem.message);
  const made = chosen.value.formOf('x86_64');
  if (!made.ok) throw new Error(made.problem.message);
  return { ...chosen.value, types: made.value.definition.swap.types };
}

describe('the revision', () => {
  test.each([
    ['v7.2', '7.2', ['page.compound_info', 'enum pgtable_level', 'vm_area_desc']],
    ['v6.18', '6.12', ['enum pgtable_level', 'vm_area_desc', 'follow_pfnmap_args']],
    ['v6.17', '6.12', ['vm_area_desc', 'follow_pfnmap_args', 'enum rmap_level']],
    ['v6.12', '6.12', ['vm_area_desc', 'pfn_t', 'follow_pfnmap_args', 'enum rmap_level']],
    ['v6.12', '6.12', ['pfn_t', 'follow_pfnmap_args', 'enum rmap_level', 'mm_struct.mm_mt']],
    ['v6.9', '6.12', ['pfn_t', 'enum rmap_level', 'mm_struct.mm_mt']],
    ['v6.1', '6.1', ['pfn_t', 'mm_struct.mm_mt']],
    ['v5.18', '6.1', []],
  ] as const)('%s, headers %s: %o', (revision, headers, types) => {
    const { kernel, grounds } = choose(headers, evidence(types));
    expect(kernel.revision.id).toBe(revision);
    expect(grounds[0]?.choice).toBe(`kernel ${revision}`);
  });

  test('is what was asked for, and the grounds say so', () => {
    const { kernel, grounds } = choose('6.12', evidence([]), { revision: 'v6.17' });
    expect(kernel.revision.id).toBe('v6.17');
    expect(grounds[0]).toEqual({ choice: 'kernel v6.17', because: 'as asked' });
  });

  test('that nobody knows is refused', () => {
    expect(chooseKernel(backend, form('6.12'), evidence([]), { revision: 'v9.9' })).toMatchObject({
      ok: false,
      problem: { code: 'unknown-revision' },
    });
  });
});

test('the fix of 6.18 stays an alternative where levels differ in their special mark', () => {
  const given = evidence(['enum pgtable_level'], ['do_huge_pmd_anonymous_page']);
  expect(choose('6.12', given).alternatives).toEqual([]);
  const config = { ARCH_SUPPORTS_PMD_PFNMAP: false };
  const undecided = choose('6.12', given, { config });
  expect(undecided.alternatives.map(({ revision }) => revision.id)).toEqual(['v6.18-fixed']);
});

test.each([
  [[], 28, undefined],
  [['memory_failure'], 27, 27],
  [['memory_failure', 'make_device_exclusive_range'], 23, 23],
] as const)('functions %o: %d swap files, hwpoison is %s', (symbols, swapfiles, hwpoison) => {
  const { types } = choose('6.12', evidence(['follow_pfnmap_args'], symbols));
  expect(types.maxSwapfiles).toBe(swapfiles);
  expect(types.numbers.hwpoison).toBe(hwpoison);
});

test('options that were asked for are not probed', () => {
  const { types, kernel, grounds } = choose('6.12', evidence([], ['memory_failure']), {
    config: { DEVICE_PRIVATE: true },
    memoryFailure: false,
  });
  expect(kernel.config.DEVICE_PRIVATE).toBe(true);
  expect(types.numbers.hwpoison).toBeUndefined();
  expect(grounds).toContainEqual({ choice: 'DEVICE_PRIVATE=y', because: 'as asked' });
  expect(grounds).toContainEqual({ choice: 'MEMORY_FAILURE=n', because: 'as asked' });
});
