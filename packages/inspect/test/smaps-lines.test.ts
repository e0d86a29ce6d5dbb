import { makeKernel, VM_MAYWRITE, virtAddr } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { madeForm } from '../../dump/test/make-form.js';
import type { SmapsBehaviour } from '../src/smaps/behaviour.js';
import { protectionKey, usesProtectionKeys } from '../src/smaps/protection-key.js';
import { noSizes } from '../src/smaps/sizes.js';
import type { AreaSmaps } from '../src/smaps/smaps.js';
import { rollupLines, smapsLines } from '../src/smaps/text.js';
import { vmFlagLetters } from '../src/smaps/vm-flags.js';
import { MadeMemory } from './smaps-memory.js';

const behaviour: SmapsBehaviour = {
  walksPfnMappings: true,
  asksNormalPmd: true,
  absentIsShared: true,
  showsKsm: true,
  showsPssDirty: true,
  alignsThpEligible: true,
};
const kernel = new MadeMemory().kernel();

function made(start: bigint, changes: Partial<AreaSmaps> = {}): AreaSmaps {
  const sizes = { ...noSizes(), rss: 8192, pss: 3 * 1024 * 4096 + 4095, privateHugetlb: 2 << 20 };
  return {
    area: {
      address: virtAddr(0n),
      start: virtAddr(start),
      end: start + 0x4000n,
      flags: 0x73n | VM_MAYWRITE,
      pgoff: 2n,
      ops: {},
      name: '/bin/busy\\012box',
      file: {
        address: virtAddr(1n),
        path: '/bin/busybox',
        inode: 35n,
        device: { major: 0, minor: 2 },
      },
      opsAddress: virtAddr(0n),
      anonVma: virtAddr(0n),
      privateData: virtAddr(0n),
    } as AreaSmaps['area'],
    bytes: 0x4000,
    kernelPageBytes: 4096,
    mmuPageBytes: 4096,
    sizes,
    thpEligible: true,
    vmFlags: ['rd', 'wr'],
    ...changes,
  };
}

describe('smapsLines', () => {
  it('prints what the kernel prints', () => {
    const lines = smapsLines(made(0x400000n, { protectionKey: 5 }), behaviour, kernel);
    const heading = '00400000-00404000 rw-p 00002000 00:02 35'.padEnd(73);
    expect(lines.slice(0, 6)).toEqual([
      `${heading}/bin/busy\\012box`,
      'Size:                 16 kB',
      'KernelPageSize:        4 kB',
      'MMUPageSize:           4 kB',
      'Rss:                   8 kB',
      'Pss:                   3 kB',
    ]);
    expect(lines.slice(-7)).toEqual([
      'Private_Hugetlb:    2048 kB',
      'Swap:                  0 kB',
      'SwapPss:               0 kB',
      'Locked:                0 kB',
      'THPeligible:           1',
      'ProtectionKey:         5',
      'VmFlags: rd wr ',
    ]);
  });

  it('ends the line of memory without a name in a space', () => {
    const { file: _, ...area } = made(0x7fff_0000_0000n).area;
    const [heading] = smapsLines(made(0n, { area: { ...area, name: '' } }), behaviour, kernel);
    expect(heading).toBe('7fff00000000-7fff00004000 rw-p 00000000 00:00 0 ');
  });

  it('leaves out the lines that older kernels lack', () => {
    const old = { ...behaviour, showsKsm: false, showsPssDirty: false, alignsThpEligible: false };
    const lines = smapsLines(made(0x1000n), old, kernel);
    expect(lines.filter((line) => /^(KSM|Pss_Dirty|ProtectionKey)/.test(line))).toEqual([]);
    expect(lines).toContain('THPeligible:    1');
  });
});

describe('rollupLines', () => {
  it('adds up before it rounds', () => {
    const lines = rollupLines([made(0x1000n), made(0x8000n)], behaviour, kernel);
    expect(lines[0]).toBe(`${'00001000-0000c000 ---p 00000000 00:00 0'.padEnd(73)}[rollup]`);
    // Twice 3 KiB and almost one byte: a byte more, but no KiB.
    expect(lines).toContain('Pss:                   6 kB');
    expect(lines).toContain('Pss_Shmem:             0 kB');
    expect(lines.some((line) => line.startsWith('Size'))).toBe(false);
  });

  it('says nothing of a process without mappings', () => {
    expect(rollupLines([], behaviour, kernel)).toEqual([]);
  });
});

describe('vmFlagLetters', () => {
  const rules = (revision: string) => {
    const made = makeKernel({ revision, form: madeForm().definition, config: {} });
    if (!made.ok) throw new Error(made.problem.message);
    return made.value;
  };
  const form = madeForm().with({ headers: '6.12', vmFlags: { VM_PKEY_BIT0: 1n << 32n } });
  const bits = (...numbers: number[]) =>
    numbers.reduce((all, bit) => all | (1n << BigInt(bit)), 0n);

  it('prints letters by bit, nothing for keys, and marks for flags that have none', () => {
    expect(vmFlagLetters(bits(0, 1, 27, 32), form, rules('v6.12'))).toEqual(['rd', 'wr', 'sd']);
    expect(vmFlagLetters(bits(0, 39, 55), form, rules('v6.12'))).toEqual(['rd', '??', '??']);
  });

  it('follows flags that moved', () => {
    expect(vmFlagLetters(bits(63), form, rules('v6.12'))).toEqual(['sl']);
    expect(vmFlagLetters(bits(42), form, rules('v6.18'))).toEqual(['sl']);
  });
});

describe('protection keys', () => {
  const x86 = (word: bigint) =>
    new MadeMemory()
      .struct('cpuinfo_x86', 0x100, { x86_capability: ['u32', 0, 20] })
      .variable('boot_cpu_data', 0x400, 0n)
      .variable('arch_set_user_pkey_access', 0x10, 0n)
      .word(0x400 + 16 * 4, word)
      .kernel();

  it('are used where the CPU has them switched on', () => {
    expect(usesProtectionKeys(x86(0x10n))).toBe(true);
    expect(usesProtectionKeys(x86(0x08n))).toBe(false);
    expect(usesProtectionKeys(new MadeMemory().kernel())).toBe(false);
  });

  it('are told by a register of arm64', () => {
    const arm = (value: bigint) => {
      const memory = new MadeMemory()
        .struct('__ftr_reg_entry', 16, { sys_id: ['u32', 0], reg: ['u64', 8] })
        .struct('arm64_ftr_reg', 32, { sys_val: ['u64', 8] })
        .variable('arm64_ftr_regs', 0x100, 0x18_0740n)
        .variable('arch_set_user_pkey_access', 0x10, 0n)
        .word(0x110, 0x18_0760n)
        .word(0x118, 0x1000_0200n)
        .word(0x208, value);
      return usesProtectionKeys(memory.kernel());
    };
    expect(arm(0x1_0000n)).toBe(true);
    expect(arm(0xfn)).toBe(false);
  });

  it('are numbers made of flags', () => {
    const form = madeForm().with({ vmFlags: { VM_PKEY_BIT0: 1n << 32n, VM_PKEY_BIT2: 1n << 34n } });
    expect(protectionKey((1n << 34n) | (1n << 32n) | 7n, form)).toBe(5);
  });
});
