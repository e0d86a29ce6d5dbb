import { type ConfigChoice, makeKernel, VM_PFNMAP, VM_SHARED, virtAddr } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { madeForm } from '../../dump/test/make-form.js';
import type { AddressSpace } from '../src/mm.js';
import type { Backing } from '../src/smaps/backing.js';
import { HugePages } from '../src/smaps/huge-pages.js';
import type { MappedArea } from '../src/vma/vmas.js';
import { BASE, MadeMemory } from './smaps-memory.js';

const VM_HUGEPAGE = 1n << 29n;
const VM_NOHUGEPAGE = 1n << 30n;
const PMD = madeForm().geometry('pmd')?.shift ?? 0;
const ORDER = BigInt(PMD - madeForm().definition.pageShift);
const HUGE = 1n << BigInt(PMD);
const OPS = BASE + 0x800n;
const ANON_SHMEM_OPS = BASE + 0x900n;

/** Settings of the system: what is left out is as after booting. */
interface Settings {
  readonly flags?: bigint;
  readonly inherit?: bigint;
  readonly shmem?: number;
  readonly mount?: number;
  readonly mmFlags?: bigint;
  readonly hugeFault?: bigint;
  readonly orders?: boolean;
  readonly thp?: boolean;
  readonly newest?: boolean;
}

/** `always` and `madvise` of /sys/kernel/mm/transparent_hugepage/enabled. */
const ALWAYS = 2n;
const ADVISED = 4n;

function hugePages(settings: Settings): HugePages {
  const { flags = ALWAYS, inherit = 1n << ORDER, shmem = 0, mount = 0, orders = true } = settings;
  const memory = new MadeMemory()
    .struct('mm_struct', 64, { flags: ['u64', 8] })
    .struct('vm_operations_struct', 64, { huge_fault: ['u64', 16] })
    .struct('shmem_sb_info', 64, { huge: ['u8', 4] })
    .struct('mem_size_stats', 64, { ksm: ['u64', 0] })
    .enum('transparent_hugepage_flag', {
      TRANSPARENT_HUGEPAGE_UNSUPPORTED: 0,
      TRANSPARENT_HUGEPAGE_FLAG: 1,
      TRANSPARENT_HUGEPAGE_REQ_MADV_FLAG: 2,
    })
    .variable('transparent_hugepage_flags', 0x100, flags)
    .variable('shmem_huge', 0x108, BigInt(shmem))
    .variable('shmem_anon_vm_ops', Number(ANON_SHMEM_OPS - BASE), 0n)
    .word(0x200 + 8, settings.mmFlags ?? 0n)
    .word(Number(OPS - BASE) + 16, settings.hugeFault ?? 0n);
  if (settings.newest) memory.enum('tva_type', { TVA_SMAPS: 0 });
  memory.bytes[0x304] = mount;
  if (orders) {
    memory
      .variable('huge_anon_orders_always', 0x110, 0n)
      .variable('huge_anon_orders_inherit', 0x118, inherit)
      .variable('huge_shmem_orders_always', 0x120, 0n)
      .variable('huge_shmem_orders_inherit', 0x128, 1n << ORDER);
  }
  const config: ConfigChoice = { TRANSPARENT_HUGEPAGE: settings.thp ?? true };
  const rules = makeKernel({ revision: 'v6.12', form: madeForm().definition, config });
  if (!rules.ok) throw new Error(rules.problem.message);
  return new HugePages(memory.kernel(), rules.value);
}

const anon: MappedArea = {
  address: virtAddr(0n),
  start: virtAddr(HUGE),
  end: virtAddr(3n * HUGE),
  flags: 0x73n,
  pgoff: 0n,
  ops: null,
  name: '',
  opsAddress: virtAddr(0n),
  anonVma: virtAddr(0n),
  privateData: virtAddr(0n),
};
const ofFile: MappedArea = { ...anon, ops: {}, opsAddress: virtAddr(OPS) };
const backing: Backing = {
  pages: virtAddr(0n),
  inode: virtAddr(0n),
  isRegular: true,
  isDax: false,
  isShmem: false,
  bytes: 2n * HUGE,
  writers: 0n,
  superBlockData: virtAddr(BASE + 0x300n),
  fileData: virtAddr(0n),
};
const shmem: Backing = { ...backing, isShmem: true };
const space = { address: virtAddr(BASE + 0x200n) } as AddressSpace;

const eligible = (settings: Settings, area: MappedArea, file?: Backing): boolean =>
  hugePages(settings).eligible(area, file, space);

describe('anonymous memory can have huge pages', () => {
  it('where the system says so, always or on advice', () => {
    expect(eligible({}, anon)).toBe(true);
    expect(eligible({ flags: ADVISED }, anon)).toBe(false);
    expect(eligible({ flags: ADVISED }, { ...anon, flags: 0x73n | VM_HUGEPAGE })).toBe(true);
    expect(eligible({ flags: 0n }, { ...anon, flags: 0x73n | VM_HUGEPAGE })).toBe(false);
    expect(eligible({ flags: ADVISED, orders: false }, anon)).toBe(false);
    expect(eligible({ orders: false }, anon)).toBe(true);
  });

  it('unless the kernel, the machine, the process or the mapping forbids them', () => {
    expect(eligible({ thp: false }, anon)).toBe(false);
    expect(eligible({ flags: ALWAYS | 1n }, anon)).toBe(false);
    expect(eligible({ mmFlags: 1n << 24n }, anon)).toBe(false);
    expect(eligible({}, { ...anon, flags: 0x73n | VM_NOHUGEPAGE })).toBe(false);
    expect(eligible({ mmFlags: 1n << 23n }, anon)).toBe(true);
    expect(eligible({ mmFlags: 1n << 23n, newest: true }, anon)).toBe(false);
  });

  it('where one has room, of any size that is on', () => {
    const small = { ...anon, start: virtAddr(HUGE + 0x1000n), end: virtAddr(2n * HUGE + 0x1000n) };
    expect(eligible({}, small)).toBe(false);
    expect(eligible({ inherit: 4n }, small)).toBe(true);
    // Two pages are no size of anonymous memory.
    expect(eligible({ inherit: 2n }, small)).toBe(false);
  });

  it('but not while a program starts', () => {
    const growsDown = 0x100n;
    const readAhead = 0x1_8000n;
    expect(eligible({}, { ...anon, flags: 0x73n | growsDown | readAhead })).toBe(false);
    expect(eligible({}, { ...anon, flags: 0x73n | growsDown })).toBe(true);
  });
});

describe('shared memory can have huge pages', () => {
  it.each([
    ['never', { mount: 0 }, 0n, false],
    ['always', { mount: 1 }, 0n, true],
    ['within the size of the file', { mount: 2 }, 0n, true],
    ['not beyond the size of the file', { mount: 2 }, 1n << ORDER, false],
    ['on advice, which is not given', { mount: 3 }, 0n, false],
    ['denied by the system', { mount: 1, shmem: -1 }, 0n, false],
    ['forced by the system', { mount: 0, shmem: -2 }, 0n, true],
  ])('%s', (_, settings, pgoff, expected) => {
    const area = { ...ofFile, pgoff, start: virtAddr(HUGE), end: virtAddr(2n * HUGE) };
    const file = { ...shmem, bytes: HUGE };
    expect(eligible(settings, area, file)).toBe(expected);
  });

  it('on advice that is given', () => {
    const area = { ...ofFile, flags: 0x73n | VM_HUGEPAGE };
    expect(eligible({ mount: 3 }, area, shmem)).toBe(true);
  });

  it('as its own orders say when it has no file, held against the room there is since v6.18', () => {
    const area = {
      ...ofFile,
      opsAddress: virtAddr(ANON_SHMEM_OPS),
      flags: 0xffn | VM_SHARED,
      end: virtAddr(HUGE + 0x8000n),
    };
    expect(eligible({ mount: 1 }, area, shmem)).toBe(true);
    expect(eligible({ mount: 1, newest: true }, area, shmem)).toBe(false);
    expect(eligible({ mount: 0 }, area, shmem)).toBe(false);
  });
});

describe('files', () => {
  it('can where their driver handles huge faults', () => {
    const pfns = { ...ofFile, flags: 0x73n | VM_PFNMAP };
    expect(eligible({ hugeFault: 0x1234n }, pfns, backing)).toBe(true);
    expect(eligible({}, pfns, backing)).toBe(false);
    expect(eligible({ hugeFault: 0x1234n, flags: 0n }, pfns, backing)).toBe(false);
    expect(eligible({ hugeFault: 0x1234n }, { ...pfns, pgoff: 1n }, backing)).toBe(false);
  });

  it('never are for smaps where they are device memory', () => {
    const dax = { ...backing, isDax: true };
    expect(eligible({ hugeFault: 0x1234n }, ofFile, dax)).toBe(false);
  });
});
