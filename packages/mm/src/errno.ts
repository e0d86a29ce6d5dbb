/** Errors that operations answer, negative as in the kernel (include/uapi/asm-generic/errno*.h). */
export const ERRNO = {
  EPERM: -1,
  ENOENT: -2,
  EIO: -5,
  ENXIO: -6,
  EAGAIN: -11,
  ENOMEM: -12,
  EACCES: -13,
  EFAULT: -14,
  EBUSY: -16,
  EEXIST: -17,
  ENODEV: -19,
  EINVAL: -22,
  ENOSPC: -28,
  EOPNOTSUPP: -95,
  EMLINK: -31,
  EREMOTEIO: -121,
  EHWPOISON: -133,
  ERESTARTSYS: -512,
} as const;

/** `-EBUSY` for a negative answer, the number itself otherwise. */
export function errnoName(value: number): string {
  const found = Object.entries(ERRNO).find(([, number]) => number === value);
  return found === undefined ? String(value) : `-${found[0]}`;
}

/** VM_FAULT_* bits (include/linux/mm_types.h). */
export const VM_FAULT = {
  OOM: 0x1,
  SIGBUS: 0x2,
  MAJOR: 0x4,
  HWPOISON: 0x10,
  SIGSEGV: 0x40,
  NOPAGE: 0x100,
  LOCKED: 0x200,
  RETRY: 0x400,
  FALLBACK: 0x800,
  DONE_COW: 0x1000,
  NEEDDSYNC: 0x2000,
  COMPLETED: 0x4000,
} as const;

/** `NOPAGE|MAJOR`; `0` when no bit is set. */
export function vmFaultName(value: number): string {
  const names = Object.entries(VM_FAULT).filter(([, bit]) => (value & bit) !== 0);
  return names.map(([name]) => name).join('|') || '0';
}
