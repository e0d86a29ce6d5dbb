import { sign, type TextSign } from './text-signs.js';

/**
 * What betrays an architecture in stacks and around them: functions through which its kernel is
 * entered, marks and addresses in its stacks, control registers, modules of its machines
 * (arch/<arch>/kernel: entry code, show_regs(), show_stack()).
 */
export const STACK_SIGNS: readonly TextSign[] = [
  sign(['x86_64', 'i386'], /^ ?<\/?(?:TASK|IRQ|NMI|SOFTIRQ)>/dm, 'stack marks of x86', 4),
  sign('x86_64', /\bCR[0234]: [0-9a-f]{16}\b/d, 'control registers of x86-64', 10),
  sign('i386', /\bCR[0234]: [0-9a-f]{8}\b/d, 'control registers of 32-bit x86', 10),
  sign(
    ['x86_64', 'i386'],
    /\b(?:kvm_intel|kvm_amd|aesni_intel|coretemp|k10temp|intel_rapl\w*|x86_pkg_temp_thermal|edac_mce_amd|sp5100_tco|i2c_piix4|iTCO_wdt)\b/d,
    'modules of PCs',
    4,
  ),
  sign(
    'arm64',
    /^(?:pc|lr) : (?:\[<[0-9a-f]{16}>\]|[A-Za-z_]\w*\+0x)/dm,
    'pc and lr as arm64 prints them',
    8,
  ),
  sign('arm64', /\bHardware name: [^\n]{1,80} \(DT\)/d, 'a machine with a device tree', 2),
  sign(
    'arm32',
    /\b(?:ret_fast_syscall|vector_swi|__[dp]abt_(?:usr|svc))\b|\bException stack\(0x[0-9a-f]{8}/d,
    'functions of 32-bit ARM',
    8,
  ),
  sign('riscv64', /^\s*epc : [A-Za-z_]\w*\+0x/dm, 'epc as RISC-V prints it', 8),
  sign(
    ['ppc64', 'ppc64le'],
    /\b(?:system_call_(?:exception|vectored_common|common)|interrupt_return_srr_\w+|data_access_common)\b/d,
    'functions of PowerPC, 64 bits',
    5,
  ),
  sign(
    ['ppc64', 'ppc64le'],
    /\b(?:pSeries|PowerNV|IBM,\d{4}-|POWER(?:[5-9]|1\d))\b/d,
    'name of a machine',
    6,
  ),
  sign(
    's390x',
    /\bLast Breaking-Event-Address|\[<000003ff[0-9a-f]{8}>\] \(?\w|\[<000000000[0-9a-f]{7}>\] \(?\w/d,
    'stack of s390',
    5,
  ),
  sign('mips32', /^\$ ?\d{1,2} *: [0-9a-f]{8} /dm, 'registers of MIPS, 32 bits', 10),
  sign('mips64', /^\$ ?\d{1,2} *: [0-9a-f]{16} /dm, 'registers of MIPS, 64 bits', 10),
  sign('sparc64', /\blinux_sparc_syscall\b|\bTPC: <[0-9a-f]/d, 'functions of SPARC, 64 bits', 8),
  sign('sparc64', /^ ?\[[0-9a-f]{16}\] \w+\+0x/dm, 'stack of SPARC, 64 bits', 4),
  sign(
    'parisc',
    /\[<00000000(?:10|4[01])[0-9a-f]{6}>\] \w|\[<1[01][0-9a-f]{6}>\] \w+\+0x/d,
    'stack of PA-RISC',
    4,
  ),
  sign(
    'loongarch64',
    /\b(?:pc|ra|era):? ?9000[0-9a-f]{12}\b|\[<9000[0-9a-f]{12}>\]/d,
    'registers or stack of LoongArch',
    10,
  ),
  sign('alpha', /\b(?:pc|ra) = \[<fffffc/d, 'registers of Alpha', 10),
  sign('sh', /\[<8c[0-9a-f]{6}>\] \w/d, 'stack of SuperH', 4),
  sign('m68k', /\[<00[0-9a-f]{6}>\] \w+\+0x/d, 'stack of m68k', 3),
];
