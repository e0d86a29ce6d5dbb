import { describe, expect, test } from 'vitest';
import {
  CONFIG_DEFAULTS,
  type KernelForm,
  kernelConfig,
  makeKernel,
  parseConfig,
} from '../../src/kernel/index.js';

const form = (...special: string[]): KernelForm => ({
  pageShift: 12,
  levels: (['pud', 'pmd', 'pte'] as const).map((level) => ({
    level,
    hasSpecial: special.includes(level),
  })),
});

function kernel(revision: string, on: KernelForm, settings: string[] = []) {
  const config = parseConfig(settings);
  const made = config.ok ? makeKernel({ revision, form: on, config: config.value }) : config;
  if (!made.ok) throw new Error(made.problem.message);
  return made.value;
}

describe('special marks', () => {
  test('come from the form, and huge ones from v6.12 on', () => {
    const marks = (revision: string, on: KernelForm, settings: string[] = []) =>
      (['pte', 'pmd', 'pud'] as const).map(kernel(revision, on, settings).hasSpecial);
    const all = form('pte', 'pmd', 'pud');
    expect(marks('v6.9', all)).toEqual([true, false, false]);
    expect(marks('v6.12', all)).toEqual([true, true, true]);
    expect(marks('v7.2', form('pte', 'pmd'))).toEqual([true, true, false]);
    expect(marks('v7.2', form())).toEqual([false, false, false]);
    expect(marks('v7.2', form('pte'), ['ARCH_SUPPORTS_PMD_PFNMAP=y'])).toEqual([true, true, false]);
    expect(marks('v7.2', all, ['TRANSPARENT_HUGEPAGE=n'])).toEqual([true, false, false]);
  });
});

describe('configuration', () => {
  test('settings go over the defaults, with or without CONFIG_, the last one wins', () => {
    const { config } = kernel('v6.12', form('pte'), [
      'CONFIG_DEBUG_VM=y',
      'DEBUG_VM=n',
      'FS_DAX=n',
    ]);
    expect([config.DEBUG_VM, config.FS_DAX, config.SECRETMEM]).toEqual([false, false, true]);
    expect(Object.keys(config).sort()).toEqual(Object.keys(CONFIG_DEFAULTS).sort());
    expect(kernelConfig({}).ARCH_HAS_PTE_SPECIAL).toBe(true);
  });

  test.each([
    ['DEBUG_VM', 'bad-config'],
    ['DEBUG_VM=m', 'bad-config'],
    ['debug_vm=y', 'bad-config'],
    ['NO_SUCH=y', 'unknown-config'],
    ['toString=y', 'bad-config'],
  ])('%s is refused', (setting, code) => {
    const result = parseConfig([setting]);
    expect(result).toMatchObject({ ok: false, problem: { code } });
    expect(!result.ok && result.problem.message).toContain(setting);
  });
});

test('a kernel asks for changes by id', () => {
  expect(kernel('v6.18', form('pte')).has('special-per-level')).toBe(false);
  expect(kernel('v6.18-fixed', form('pte')).has('special-per-level')).toBe(true);
  expect(makeKernel({ revision: 'v9', form: form() })).toMatchObject({
    ok: false,
    problem: { code: 'unknown-revision' },
  });
});
