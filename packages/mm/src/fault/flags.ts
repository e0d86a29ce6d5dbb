/** FAULT_FLAG_* bits that the model asks (include/linux/mm_types.h; SPEC 6.1). */
export const FAULT_FLAG = {
  WRITE: 1 << 0,
  MKWRITE: 1 << 1,
  TRIED: 1 << 5,
  USER: 1 << 6,
  REMOTE: 1 << 7,
  INSTRUCTION: 1 << 8,
  UNSHARE: 1 << 10,
} as const;
