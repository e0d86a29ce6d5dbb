/** Architectures that logs come from, by the names that reports are filed under. */
export const LOG_ARCHS = [
  'alpha',
  'arc',
  'arm32',
  'arm64',
  'avr32',
  'i386',
  'loongarch64',
  'm68k',
  'mips32',
  'mips64',
  'openrisc',
  'parisc',
  'ppc32',
  'ppc64',
  'ppc64le',
  'riscv64',
  's390x',
  'sh',
  'sparc32',
  'sparc64',
  'x86_64',
] as const;

/** One of them. */
export type LogArch = (typeof LOG_ARCHS)[number];

/** Bits of an address: what `addr:` and the words of struct page are printed with. */
export const ADDRESS_BITS: Readonly<Record<LogArch, 32 | 64>> = {
  alpha: 64,
  arc: 32,
  arm32: 32,
  arm64: 64,
  avr32: 32,
  i386: 32,
  loongarch64: 64,
  m68k: 32,
  mips32: 32,
  mips64: 64,
  openrisc: 32,
  parisc: 32,
  ppc32: 32,
  ppc64: 64,
  ppc64le: 64,
  riscv64: 64,
  s390x: 64,
  sh: 32,
  sparc32: 32,
  sparc64: 64,
  x86_64: 64,
};
