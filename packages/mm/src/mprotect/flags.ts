/** MM_CP_* bits: why protections change (SPEC 8.1). */
export const MM_CP = {
  TRY_CHANGE_WRITABLE: 1 << 0,
  PROT_NUMA: 1 << 1,
  UFFD_WP: 1 << 2,
  UFFD_WP_RESOLVE: 1 << 3,
} as const;
