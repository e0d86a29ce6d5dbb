import type { LogArch } from './names.js';

/** Words that only some architectures print. */
export interface TextSign {
  /** Where it matches, the log is of one of these. */
  readonly archs: readonly LogArch[];
  /** With the `d` flag. */
  readonly pattern: RegExp;
  /** Why, in a few words. */
  readonly ground: string;
  /** How much it says: 10 settles it, 1 is a hint. */
  readonly weight: number;
}

/** One of them. */
export const sign = (
  archs: LogArch | readonly LogArch[],
  pattern: RegExp,
  ground: string,
  weight: number,
): TextSign => ({ archs: typeof archs === 'string' ? [archs] : archs, pattern, ground, weight });

/**
 * What betrays an architecture: names of registers (arch/<arch>/kernel show_regs()), the form of its
 * stacks, how it dumps page tables, addresses of its kernel's ranges, names of machines and releases.
 */
export const TEXT_SIGNS: readonly TextSign[] = [
  // registers
  sign(
    'x86_64',
    /\bR(?:IP|SP): \d{4}:|\bR(?:AX|BX|BP|1[0-5]): ?[0-9a-f]{16}\b/d,
    'registers RIP, RAX',
    10,
  ),
  sign(
    'i386',
    /\bE(?:IP|SP): (?:\d{4}:|\[<)|\bE(?:AX|BX|BP): [0-9a-f]{8}\b/d,
    'registers EIP, EAX',
    10,
  ),
  sign(
    'arm64',
    /\bpstate: [0-9a-f]{8}\b|\bx29: [0-9a-f]{16}\b|\bESR = 0x/d,
    'registers pstate, x29, ESR',
    10,
  ),
  sign(
    'arm32',
    /\bpsr: [0-9a-f]{8}\b|\bControl: [0-9a-f]{8} +Table: /d,
    'registers psr, control',
    10,
  ),
  sign('s390x', /\bKrnl (?:PSW|GPRS|ACRS|Code)|\bTEID: ?[0-9a-f]/d, 'registers PSW, TEID', 10),
  sign(
    ['ppc64', 'ppc64le'],
    /\b(?:NIP|MSR):? +[0-9a-f]{16}\b|\bGPR\d\d: [0-9a-f]{16}\b/d,
    'registers NIP, GPR of 64 bits',
    10,
  ),
  sign(
    'ppc32',
    /\bNIP:? +[0-9a-f]{8}\b|\bGPR\d\d: [0-9a-f]{8}\b/d,
    'registers NIP, GPR of 32 bits',
    10,
  ),
  sign('ppc64le', /\bLE PAGE_SIZE=|\bLE\b.{0,20}\bRadix\b/d, 'little-endian PowerPC', 8),
  sign('ppc64', /\bBE PAGE_SIZE=64K\b/d, 'big-endian PowerPC', 8),
  sign(
    'riscv64',
    /\bepc : [0-9a-f]{16}\b|\bstatus: [0-9a-f]{16} bad(?:addr|tval):/d,
    'registers epc, badaddr',
    10,
  ),
  sign(
    'mips32',
    /^Stack : [0-9a-f]{8} |\bCause : [0-9a-f]{8}\b|\bepc {3}: [0-9a-f]{8}\b/dm,
    'stack and registers of MIPS, 32 bits',
    8,
  ),
  sign(
    'mips64',
    /^Stack : [0-9a-f]{16} |\bepc {3}: [0-9a-f]{16}\b/dm,
    'stack and registers of MIPS, 64 bits',
    8,
  ),
  sign(
    'sparc64',
    /\bTSTATE: [0-9a-f]{16}\b|tsk->\{mm,active_mm\}->context = [0-9a-f]{16}/d,
    'registers of SPARC, 64 bits',
    10,
  ),
  sign(
    'sparc32',
    /\bPSR: [0-9a-f]{8} PC: [0-9a-f]{8}\b|^\[[0-9a-f]{8} :(?= |$)/dm,
    'registers and stack of SPARC, 32 bits',
    8,
  ),
  sign(
    'parisc',
    /\bIA(?:SQ|OQ): [0-9a-f]{8}|\bCC_(?:PAT|ERR)_\w+/d,
    'registers and error codes of PA-RISC',
    9,
  ),
  sign('loongarch64', /\bera: [0-9a-f]{16}\b|\bESTAT: [0-9a-f]{8}\b/d, 'registers era, ESTAT', 10),
  sign('arc', /\[ECR +\]: 0x|\bBTA: 0x/d, 'registers ECR, BTA', 9),
  sign('avr32', /\bsp [0-9a-f]{8} ecr \d+/d, 'exception cause ecr', 9),
  sign('openrisc', /\bCPU #: \d+\s+PC: [0-9a-f]{8}\b/d, 'registers of OpenRISC', 9),
  sign('m68k', /\bPC: \[<[0-9a-f]{8}>\][^\n]*\n[^\n]*\bSR: [0-9a-f]{4}\b/d, 'registers of m68k', 9),
  sign('sh', /\bPC {2}: [0-9a-f]{8} SP {2}: [0-9a-f]{8}\b/d, 'registers of SuperH', 9),
  sign('x86_64', /\bnon-canonical address 0x[0-9a-f]{16}\b/d, 'a fault that only x86-64 has', 8),
  sign(
    'x86_64',
    /\bUnable to access opcode bytes at (?:RIP )?0x[0-9a-f]{9,16}\b/d,
    'code bytes told as x86-64 does',
    6,
  ),
  sign('x86_64', /\binvalid opcode: 0000 [^\n]*\bKASAN\b/d, 'KASAN on x86, which 32 bits lack', 5),
  sign('openrisc', /\d-simple-smp-/d, 'release of an OpenRISC configuration', 3),
  sign(
    'x86_64',
    /\bsegfault at [0-9a-f]{1,16} (?:rip [0-9a-f]{8,16} rsp|ip [0-9a-f]{16} sp) /d,
    'segfault line of x86-64',
    6,
  ),
  sign(
    'i386',
    /\bsegfault at [0-9a-f]{1,8} (?:eip|ip) [0-9a-f]{8} (?:esp|sp) /d,
    'segfault line of 32-bit x86',
    5,
  ),
  sign(
    'x86_64',
    /: bad (?:pgd|p4d|pud|pmd) [0-9a-f]{16}\([0-9a-f]{8,16}\)/d,
    'bad tables told with their slot, of 64 bits',
    6,
  ),
  sign(
    'i386',
    /: bad (?:pgd|p4d|pud|pmd) [0-9a-f]{8}\([0-9a-f]{8,16}\)/d,
    'bad tables told with their slot, of 32 bits',
    5,
  ),
  // forms of stacks
  sign('x86_64', /^ ?\[<ffffffff[0-9a-f]{8}>\] /dm, 'stack addresses of x86-64', 5),
  sign('i386', /^ ?\[<[bc][0-9a-f]{7}>\] (?:\? )?\w+\+0x/dm, 'stack addresses of 32-bit x86', 3),
  sign(
    'arm32',
    /\[<[0-9a-f]{8}>\] \(\w+(?:\+0x[0-9a-f/x]+)?\) from |\b\w+ from \w+\+0x/d,
    'stack of 32-bit ARM',
    8,
  ),
  sign('arm32', /^\s*unwind_backtrace\b/dm, 'stack of 32-bit ARM', 6),
  sign('ppc32', /^\[[0-9a-f]{8}\] \[[0-9a-f]{8}\] \w/dm, 'stack of PowerPC, 32 bits', 8),
  sign(
    ['ppc64', 'ppc64le'],
    /^\[c[0-9a-f]{15}\] \[c[0-9a-f]{15}\] /dm,
    'stack of PowerPC, 64 bits',
    8,
  ),
  sign('ppc64', /^\[c[0-9a-f]{15}\] \[c[0-9a-f]{15}\] \.\w/dm, 'functions with dots (ELFv1)', 4),
  sign('riscv64', /\[<ffffffe[0-9a-f]{9}>\] \w|\bwalk_stackframe\b/d, 'stack of RISC-V', 4),
  sign('arm64', /^Call trace:$/dm, '"Call trace:" with a small t', 2),
  sign(
    'arm64',
    /\b(?:el[01]t?_(?:sync|irq|svc|da|ia|64)\w*|do_el0_svc|dump_backtrace)\b/d,
    'functions of arm64',
    5,
  ),
  sign(
    ['x86_64', 'i386'],
    /\b(?:entry_SYSCALL_64|do_syscall_64|asm_exc_page_fault|ret_from_fork_asm)\b/d,
    'functions of x86',
    4,
  ),
  sign('x86_64', /\b(?:entry_SYSCALL_64\w*|do_syscall_64)\b/d, 'functions of x86-64', 4),
  sign(
    'i386',
    /\b(?:do_(?:fast_syscall|int80_syscall)_32|entry_INT80_32|sysenter_past_esp|EFLAGS)\b/d,
    'functions of 32-bit x86',
    5,
  ),
  sign(
    's390x',
    /\b(?:__do_pgm_check|pgm_check_handler|__do_syscall_s390)\b/d,
    'functions of s390',
    6,
  ),
  sign(
    'sh',
    /\b(?:syscall_call|ret_from_irq)\b.{0,40}\b8c[0-9a-f]{6}\b|^[0-9a-f]{4}: 8[0-9a-f]{7} 8/dm,
    'addresses of SuperH',
    2,
  ),
  // page tables as they are dumped
  sign('arm64', /\b\w+ pgtable: (?:4|16|64)k pages, \d\d-bit VAs/d, 'page-table line of arm64', 10),
  sign(
    'riscv64',
    /\bCurrent \S+ pgtable: 4K pagesize, \d\d-bit VAs/d,
    'page-table line of RISC-V',
    10,
  ),
  sign('s390x', /\bAS:[0-9a-f]{16} R[123]:[0-9a-f]{16}/d, 'page-table line of s390', 10),
  sign('arm32', /\*pgd=[0-9a-f]{8}, \*pte=|\*ppte=/d, 'page-table line of 32-bit ARM', 9),
  sign('i386', /\*pd(?:e|pt) = [0-9a-f]{8,16}/d, 'page-table line of 32-bit x86', 9),
  sign(
    'x86_64',
    /\bPGD [0-9a-f]{1,16} (?:P4D|PUD) [0-9a-f]{1,16}\b/d,
    'page-table line of x86-64',
    8,
  ),
  // ranges of kernels
  sign(
    'x86_64',
    /\bffff(?:88|89|8a|8b|8c|8d|8e|8f|9[0-9a-f]|a[0-9a-f]|ea00|ffff8[1-9a-f]|ffffa|ffffb)[0-9a-f]{7,10}\b/d,
    'kernel addresses of x86-64',
    3,
  ),
  sign(
    'x86_64',
    /\bffff(?:8880|8881|ea00)[0-9a-f]{8}\b|\bffffffff8[1-9a-f][0-9a-f]{6}\b/d,
    'direct map, memmap or text of x86-64',
    4,
  ),
  sign(
    'arm64',
    /\bffff(?:7[cdef]|ff[78]0|8000|0000|000[1-9a-f])[0-9a-f]{8,10}\b|\bfffff[cdef][0-9a-f]{10}\b/d,
    'kernel addresses of arm64',
    3,
  ),
  sign('arm64', /\bffff0[0-7][0-9a-f]{10}\b/d, 'linear map of arm64 with 48 bits', 4),
  sign(
    'riscv64',
    /\bffffff(?:c[ef]|d[0-9a-f]|e[0-9a-f])[0-9a-f]{8}\b|\bff1c[0-9a-f]{12}\b|\bff[56]0[0-9a-f]{13}\b/d,
    'kernel addresses of RISC-V',
    3,
  ),
  sign(['ppc64', 'ppc64le'], /\bc0[01][0-9a-f]{13}\b/d, 'kernel addresses of 64-bit PowerPC', 3),
  sign('sparc64', /\bfff0[0-9a-f]{12}\b/d, 'kernel addresses of 64-bit SPARC', 3),
  sign(
    'x86_64',
    /\(XEN\) [^\n]{0,80}\b(?:grant(?:ed)? PTE|L[1-4] entry|l[1-4]e)\b/d,
    'Xen checks the entries of guests on x86 alone (PV)',
    4,
  ),
  // machines and releases
  sign('x86_64', /\b(?:x86[_-]64|amd64|EM64T)\b/d, 'name of the architecture', 7),
  sign('arm64', /\b(?:aarch64|arm64)\b|-v8\+|android\d+-\d/d, 'name of the architecture', 7),
  sign('arm32', /\b(?:armv[4-7]\w*|armhf)\b|-v7l?\+/d, 'name of the architecture', 7),
  sign('ppc64le', /\bppc64(?:le|el)\b/d, 'name of the architecture', 9),
  sign('ppc64', /\bppc64(?!le|el)\b/d, 'name of the architecture', 7),
  sign(
    'ppc32',
    /\bPMacG[345]\b|\bPowerMac\d|\bppc(?:32)?\b|\bPowerPC 7\d{3}\b/d,
    'name of a machine',
    7,
  ),
  sign(
    's390x',
    /\bs390x?\b|\bHardware name: IBM \d{4} /d,
    'name of the architecture or machine',
    8,
  ),
  sign('riscv64', /\briscv(?:64)?\b|\bHardware name: riscv-virtio/d, 'name of the architecture', 8),
  sign('sparc64', /\bsparc64\b|\bsun4[uv]\b/d, 'name of the architecture', 8),
  sign('sparc32', /\bsparc(?:32)?\b(?!64)|\bsun4[mcd]\b/d, 'name of the architecture', 6),
  sign('loongarch64', /\bloongarch(?:64)?\b|\bLoongson-3A[56]/d, 'name of the architecture', 8),
  sign('parisc', /\b(?:parisc|hppa)(?:64)?\b|\bPA-?RISC\b/d, 'name of the architecture', 8),
  sign(
    'mips32',
    /\bmips(?:el|32)?\b|\bMT76[0-9]{2}\b|\brbtx49\d\d\b/d,
    'name of the architecture or machine',
    6,
  ),
  sign('mips64', /\bmips64(?:el)?\b/d, 'name of the architecture', 8),
  sign('m68k', /\bm68k\b|\bM54\d\d\b|\bColdFire\b/d, 'name of the architecture or machine', 8),
  sign('openrisc', /\bopenrisc\b|\bor1k/d, 'name of the architecture', 8),
  sign('sh', /\bsuperh\b|-migor-|\bSH77\d\d\b/d, 'name of a machine', 7),
  sign('avr32', /\bavr32\b|\bAT32AP\d/d, 'name of the architecture', 9),
  sign('arc', /\bARC (?:HS|700)/d, 'name of the architecture', 8),
  sign(
    'arm32',
    /\bHardware name: (?:BCM2\d{3}|[\w ,-]*\(Flattened Device Tree\)|ASpeed SoC)/d,
    'name of a machine',
    6,
  ),
  sign(
    'arm64',
    /\bHardware name: (?:linux,dummy-virt|Raspberry Pi [^\n]*\(DT\)|QEMU KVM Virtual Machine)/d,
    'name of a machine',
    5,
  ),
  sign(
    ['x86_64', 'i386'],
    /\bHardware name: (?:QEMU Standard PC|Google Google Compute Engine|[^\n]*, BIOS (?!0\.0\.0)[^\n]* \d\d\/\d\d\/\d{4})/d,
    'a PC by its name',
    3,
  ),
];
