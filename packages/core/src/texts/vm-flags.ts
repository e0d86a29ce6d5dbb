/** What a VMA flag means; all of them are declared in include/linux/mm.h. */
export interface VmFlagText {
  readonly meaning: string;
  /** Section of the semantics that has the value, if one does. */
  readonly spec?: string;
}

const text = (meaning: string, spec?: string): VmFlagText =>
  spec === undefined ? { meaning } : { meaning, spec };

/** Every flag of `VM_FLAGS` in words, by the kernel's name. */
export const VM_FLAG_TEXTS: Readonly<Record<string, VmFlagText>> = {
  VM_READ: text('may be read now', 'SPEC 1.6'),
  VM_WRITE: text('may be written now', 'SPEC 1.6'),
  VM_EXEC: text('may be executed now', 'SPEC 1.6'),
  VM_SHARED: text('MAP_SHARED of a writable file, or shared memory', 'SPEC 1.6'),
  VM_MAYREAD: text('mprotect may allow reading', 'SPEC 1.6'),
  VM_MAYWRITE: text('mprotect may allow writing', 'SPEC 1.6'),
  VM_MAYEXEC: text('mprotect may allow executing', 'SPEC 1.6'),
  VM_MAYSHARE: text('MAP_SHARED; stays when the file is read-only', 'SPEC 1.6'),
  VM_GROWSDOWN: text('stack that grows down', 'SPEC-7.2 1.9'),
  VM_UFFD_MISSING: text('userfaultfd: missing pages'),
  VM_PFNMAP: text('raw pfns, no struct page behind them', 'SPEC 1.6'),
  VM_MAYBE_GUARD: text('may hold guard markers', 'SPEC-7.2 1.9'),
  VM_UFFD_WP: text('userfaultfd: write protection', 'SPEC 1.6'),
  VM_LOCKED: text('mlock', 'SPEC 1.6'),
  VM_IO: text('device memory: get_user_pages() refuses it', 'SPEC 1.6'),
  VM_SEQ_READ: text('MADV_SEQUENTIAL'),
  VM_RAND_READ: text('MADV_RANDOM'),
  VM_DONTCOPY: text('fork leaves it out', 'SPEC 1.6'),
  VM_DONTEXPAND: text('neither merged nor grown', 'SPEC 1.6'),
  VM_LOCKONFAULT: text('mlock2(MLOCK_ONFAULT)'),
  VM_ACCOUNT: text('counted against the commit limit'),
  VM_NORESERVE: text('MAP_NORESERVE'),
  VM_HUGETLB: text('hugetlb pages'),
  VM_SYNC: text('DAX MAP_SYNC', 'SPEC 1.6'),
  VM_ARM64_BTI: text('branch targets guarded'),
  VM_ARCH_1: text('meaning of the architecture (x86: cache mode tracked)'),
  VM_WIPEONFORK: text('the child gets the VMA without entries', 'SPEC 1.6'),
  VM_DONTDUMP: text('left out of core dumps', 'SPEC 1.6'),
  VM_SOFTDIRTY: text('all of it counts as soft-dirty', 'SPEC 1.6'),
  VM_MIXEDMAP: text('pages with and without a struct page mixed', 'SPEC 1.6'),
  VM_HUGEPAGE: text('MADV_HUGEPAGE', 'SPEC 1.6'),
  VM_NOHUGEPAGE: text('MADV_NOHUGEPAGE', 'SPEC 1.6'),
  VM_MERGEABLE: text('KSM may merge its pages', 'SPEC 1.6'),
  VM_PKEY_BIT0: text('protection key, bit 0 (smaps prints ProtectionKey)'),
  VM_PKEY_BIT1: text('protection key, bit 1'),
  VM_PKEY_BIT2: text('protection key, bit 2'),
  VM_PKEY_BIT3: text('protection key, bit 3'),
  VM_PKEY_BIT4: text('protection key, bit 4'),
  VM_MTE: text('memory tags are on'),
  VM_MTE_ALLOWED: text('memory tags are permitted'),
  VM_SHADOW_STACK: text('shadow stack', 'SPEC-7.2 1.9'),
  VM_ALLOW_ANY_UNCACHED: text('any uncached mode', 'SPEC-7.2 1.9'),
  VM_DROPPABLE: text('pages may be dropped', 'SPEC-7.2 1.9'),
  VM_UFFD_MINOR: text('userfaultfd: minor', 'SPEC-7.2 1.9'),
  VM_SEALED: text('mseal()', 'SPEC-7.2 1.9'),
};
