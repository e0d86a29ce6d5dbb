/** What the RFC's review named and nobody posted: the places that scenarios do not reach (SPEC 2.11). */
import { type ChangeId, VM_MAYWRITE, VM_PFNMAP, VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { vmfInsertPfnPmd } from '../src/huge/insert-huge.js';
import {
  Frame,
  Model,
  newMm,
  newVma,
  remapPfnRange,
  VM_FAULT,
  type VmOps,
  vmfInsertPfn,
} from '../src/index.js';
import { vmNormalPage } from '../src/normal-page.js';
import { entryAt, pagesOfLevel } from '../src/tables/tables.js';
import { pageProtOf } from '../src/vma/vma.js';
import { machineOf } from './machines.js';
import { revisionWith } from './recorded.js';

const START = 0x4000;
const PRIVATE = 0x1n | VM_WRITE | VM_MAYWRITE | VM_PFNMAP;
const WRITE = FAULT_FLAG.WRITE | FAULT_FLAG.USER;

/** A private VMA of a driver whose handler supplies a page of its own. */
function driver(arch: string, base: string, ...changes: readonly ChangeId[]) {
  const supplied: VmOps = {
    name: 'supplies',
    fault: (model, vmf) => {
      vmf.page = model.machine.memory.framesOf('RAM')[9] as number;
      model.state.add(Frame.refcount, vmf.page, 1);
      return 0;
    },
  };
  const model = new Model(machineOf(arch, revisionWith(base, { changes }), { vmOps: [supplied] }));
  const mm = newMm(model);
  const page = model.machine.memory.framesOf('RAM')[9] as number;
  model.state.set(Frame.refcount, page, 1);
  const pages = Math.max(16, pagesOfLevel(model, 'pmd'));
  const vma = newVma(model, mm, { start: START, end: START + pages, flags: PRIVATE, ops: 0 });
  return { model, mm, vma, page, pages };
}

describe('a copy needs a special bit', () => {
  it.each([
    ['um', VM_FAULT.SIGBUS],
    ['x86', 0],
  ])('a write where nothing is mapped: %s', (arch, answer) => {
    const { model, vma } = driver(arch, 'v6.17', 'cow-fault-needs-special');
    expect(handleMmFault(model, vma, START, WRITE)).toBe(answer);
  });

  it('what lies off the line is no copy either, without a special bit', () => {
    for (const [changes, answer] of [
      [[], false],
      [['cow-fault-needs-special'], true],
    ] as const) {
      const { model, mm, vma, page, pages } = driver('um', 'v6.17', ...changes);
      const pfn = model.machine.memory.pfn(page);
      expect(remapPfnRange(model, vma, START, pfn, pages, pageProtOf(model, vma))).toBe(0);
      const entry = entryAt(model, mm, START, 'pte');
      expect(vmNormalPage(model, 'pte', vma, START + 1, entry) < 0).toBe(answer);
    }
  });
});

describe('no private mappings of raw frames', () => {
  it.each(['um', 'x86', 's390x'])('each way to make one is refused: %s', (arch) => {
    const { model, vma, page, pages } = driver(arch, 'rfc-2025-06/11', 'no-cow-pfnmap');
    const pfn = model.machine.memory.pfn(page);
    expect(remapPfnRange(model, vma, START, pfn, pages, pageProtOf(model, vma))).toBe(-22);
    expect(vmfInsertPfn(model, vma, START, pfn)).toBe(VM_FAULT.SIGBUS);
    if (arch === 'x86') {
      expect(vmfInsertPfnPmd(model, vma, START, 0, false)).toBe(VM_FAULT.SIGBUS);
    }
  });
});

describe('an anonymous page that fits the VMA', () => {
  it('is taken for a copy where its index says so, and nowhere else', () => {
    const { model, mm, vma } = driver('um', 'rfc-2025-06/11', 'anonymous-folio-fits-vma');
    expect(handleMmFault(model, vma, START + 2, WRITE)).toBe(0);
    const copy = entryAt(model, mm, START + 2, 'pte');
    const pfn = model.pte.pfn(copy);
    expect(vmNormalPage(model, 'pte', vma, START + 2, copy)).toBe(model.machine.memory.frame(pfn));
    expect(vmNormalPage(model, 'pte', vma, START + 3, copy)).toBe(-1);
    expect(vmfInsertPfn(model, vma, START + 3, pfn)).toBe(VM_FAULT.NOPAGE);
    expect(vmfInsertPfn(model, vma, START + 2, pfn)).toBe(VM_FAULT.SIGBUS);
  });
});
