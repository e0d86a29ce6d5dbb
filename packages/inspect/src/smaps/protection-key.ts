import { type EntryForm, virtAddr, vmConstant } from '@pagewright/core';
import { field } from '@pagewright/dump';
import type { Kernel } from '../kernel.js';

/** Flags that hold the bits of a key, lowest first. */
const KEY_FLAGS = [0, 1, 2, 3, 4].map((bit) => `VM_PKEY_BIT${bit}`);
/** Word and bit of x86's CPU capabilities that say that the system uses keys (X86_FEATURE_OSPKE). */
const OSPKE = { word: 16, bit: 4 };
/** arm64's ID_AA64MMFR3_EL1: its number (sys_reg(3, 0, 0, 7, 3)), and where it tells of keys. */
const MMFR3 = { id: 0x18_0760, shift: 16n, mask: 0xfn };
/** arm64 has not as many ID registers. */
const MOST_REGISTERS = 256;

/** The kernel uses protection keys, so smaps prints them (arch_pkeys_enabled()). */
export function usesProtectionKeys(kernel: Kernel): boolean {
  if (kernel.symbol('arch_set_user_pkey_access') === undefined) return false;
  return x86Capability(kernel) || arm64Register(kernel);
}

function x86Capability({ types, virtual, symbol }: Kernel): boolean {
  const cpu = symbol('boot_cpu_data');
  const reader = types.record('cpuinfo_x86', {
    word: field.number(`x86_capability[${OSPKE.word}]`),
  });
  const read = cpu === undefined || !reader.ok ? undefined : reader.value.read(virtual, cpu);
  return read?.ok === true && ((read.value.word >>> OSPKE.bit) & 1) === 1;
}

/** Looks the register up in the table of those that all CPUs agree on (arm64_ftr_regs). */
function arm64Register({ types, virtual, symbol }: Kernel): boolean {
  const table = symbol('arm64_ftr_regs');
  const entry = types.record('__ftr_reg_entry', {
    id: field.number('sys_id'),
    register: field.pointer('reg'),
  });
  const value = types.record('arm64_ftr_reg', { value: field.int('sys_val') });
  const size = types.sizeOf('__ftr_reg_entry');
  if (table === undefined || !entry.ok || !value.ok || size === undefined) return false;
  for (let i = 0; i < MOST_REGISTERS; i++) {
    const at = entry.value.read(virtual, virtAddr(BigInt.asUintN(64, table + BigInt(i * size))));
    if (!at.ok || at.value.id === 0) return false;
    if (at.value.id !== MMFR3.id) continue;
    const found = value.value.read(virtual, at.value.register);
    return found.ok && ((found.value.value >> MMFR3.shift) & MMFR3.mask) !== 0n;
  }
  return false;
}

/** The key of a VMA (vma_pkey()). */
export function protectionKey(flags: bigint, { definition }: EntryForm): number {
  return KEY_FLAGS.reduce((key, name, bit) => {
    const mask = vmConstant(definition, name) ?? 0n;
    return (flags & mask) === 0n ? key : key | (1 << bit);
  }, 0);
}
