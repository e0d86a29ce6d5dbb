import { describe, expect, test } from 'vitest';
import {
  type ConfigChoice,
  type FrameKind,
  frameOfKind,
  type MappingLevel,
  makeKernel,
  normalPage,
  pfn,
  VM_MAYWRITE,
  VM_MIXEDMAP,
  VM_PFNMAP,
  VM_SHARED,
  type VmOps,
  virtAddr,
} from '../../src/index.js';

const FRAME = pfn(0x12345n);

interface Case {
  readonly revision: string;
  readonly marked?: readonly MappingLevel[];
  readonly level?: MappingLevel;
  readonly flags?: bigint;
  readonly ops?: VmOps | null;
  readonly special?: boolean;
  readonly frame?: FrameKind;
  readonly onLine?: boolean;
  readonly config?: ConfigChoice;
}

/** The answer and the ids of its reasons and warnings, in one line. */
function explained(c: Case): string {
  const kernel = makeKernel({
    revision: c.revision,
    form: {
      pageShift: 12,
      levels: (c.marked ?? ['pte', 'pmd', 'pud']).map((level) => ({ level, hasSpecial: true })),
    },
    config: c.config ?? {},
  });
  if (!kernel.ok) throw new Error(kernel.problem.message);
  const start = virtAddr(0x4000_0000n);
  const verdict = normalPage({
    kernel: kernel.value,
    level: c.level ?? 'pte',
    vma: {
      start,
      end: virtAddr(0x8000_0000n),
      flags: c.flags ?? VM_MAYWRITE,
      pgoff: c.onLine ? FRAME : 0n,
      ops: c.ops ?? null,
    },
    addr: start,
    entry: { pfn: FRAME, special: c.special ?? false, devmap: false },
    frames: frameOfKind(c.frame ?? 'anon', FRAME),
  });
  const reasons = verdict.because.map(({ id }) => id).join(', ');
  return [verdict.answer, reasons, ...verdict.warns.map(({ id }) => id)].join(': ');
}

describe('reasons name what the kernel asked, in its order', () => {
  const cow = VM_PFNMAP | VM_MAYWRITE;
  const shared = VM_SHARED | VM_MAYWRITE;

  test('with a special mark', () => {
    const r = 'v6.12';
    expect(explained({ revision: r })).toBe('page: not-special, page-of-frame');
    expect(explained({ revision: r, special: true, flags: cow })).toBe('none: special-pfnmap');
    expect(explained({ revision: r, special: true, flags: shared | VM_MIXEDMAP })).toBe(
      'none: special-mixedmap',
    );
    expect(explained({ revision: r, special: true, frame: 'zero' })).toBe('none: special-zeropage');
    expect(explained({ revision: r, special: true })).toBe('bad: special-misplaced');
    expect(explained({ revision: r, frame: 'beyond' })).toBe(
      'bad: not-special, above-highest-reported',
    );
    expect(explained({ revision: r, frame: 'zero' })).toBe(
      'page: not-special, page-of-frame: zero-as-normal',
    );
    expect(explained({ revision: r, frame: 'zero', config: { DEBUG_VM: false } })).toBe(
      'page: not-special, page-of-frame',
    );
  });

  test('without one', () => {
    const none = { revision: 'v6.12', marked: [] };
    expect(explained({ ...none })).toBe('page: plain-vma, page-of-frame');
    expect(explained({ ...none, special: true })).toBe('page: plain-vma, page-of-frame');
    expect(explained({ ...none, flags: cow })).toBe('page: pfnmap-cow-off-line, page-of-frame');
    expect(explained({ ...none, flags: cow, onLine: true })).toBe('none: pfnmap-linear');
    expect(explained({ ...none, flags: VM_PFNMAP | shared })).toBe('none: pfnmap-not-cow');
    expect(explained({ ...none, flags: cow, revision: 'rfc-2025-06/11' })).toBe(
      'page: pfnmap-cow-anon',
    );
    expect(explained({ ...none, flags: cow, frame: 'file', revision: 'rfc-2025-06/11' })).toBe(
      'none: pfnmap-cow-not-anon',
    );
  });

  test('the huge zero folio over the revisions, with and without pmd_special()', () => {
    const asked = (revision: string, marked: readonly MappingLevel[]) =>
      explained({ revision, marked, level: 'pmd', frame: 'hz_head' });
    expect(asked('v6.17', ['pte'])).toBe('none: plain-vma, huge-zero');
    expect(asked('v6.18', ['pte'])).toBe('page: not-special, page-of-frame: zero-as-normal');
    expect(asked('v6.18-fixed', ['pte'])).toBe('none: plain-vma, huge-zero');
    const special = (revision: string) =>
      explained({ revision, level: 'pmd', frame: 'hz_head', special: true });
    expect(special('v6.17')).toBe('none: special-unasked');
    expect(special('rfc-2025-06/10')).toBe('none: special-huge-zero');
    expect(special('v6.18')).toBe('none: special-huge-zero');
  });

  test('the hook', () => {
    const ops: VmOps = { findNormalPage: () => pfn(0x777n) };
    const asked = { special: true, flags: shared | VM_MIXEDMAP, ops };
    expect(explained({ ...asked, revision: 'v6.1' })).toBe('page: special-hook-page');
    expect(explained({ ...asked, revision: 'v7.2' })).toBe('page: special-hook-page');
    expect(explained({ ...asked, revision: 'v7.2', config: { FIND_NORMAL_PAGE: false } })).toBe(
      'none: special-mixedmap',
    );
    expect(explained({ ...asked, revision: 'v6.12', level: 'pmd' })).toBe('none: special-unasked');
  });

  test('forms that do not exist', () => {
    expect(explained({ revision: 'v6.17', level: 'pud' })).toBe('absent: no-pud-form');
    const noThp = { TRANSPARENT_HUGEPAGE: false };
    expect(explained({ revision: 'v6.1', level: 'pmd', config: noThp })).toBe(
      'absent: no-pmd-form',
    );
    expect(explained({ revision: 'v6.12', level: 'pmd', config: noThp })).toBe(
      'page: plain-vma, page-of-frame',
    );
  });
});

test('the memory map is known by kinds of frame', () => {
  const beyond = frameOfKind('beyond', FRAME);
  expect([beyond.highest, beyond.memmap(FRAME)]).toEqual([FRAME - 1n, false]);
  const hole = frameOfKind('no_memmap', FRAME);
  expect([hole.highest, hole.memmap(FRAME), hole.memmap(pfn(1n))]).toEqual([FRAME, false, true]);
  expect(frameOfKind('beyond', pfn(0n)).highest).toBe(0n);
});
