import { describe, expect, it } from 'vitest';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { allocFolio } from '../src/frames/allocate.js';
import { OWNER, PAGE_FLAG } from '../src/frames/page-flags.js';
import {
  Frame,
  Mapping,
  Mm,
  Model,
  newMm,
  newVma,
  remapPfnRange,
  run,
  vmInsertPage,
} from '../src/index.js';
import { badPageMapLines } from '../src/report/bad-page-map.js';
import { admitReport, NO_REPORTS, suppressedLine } from '../src/report/report-limit.js';
import { checkMmLines } from '../src/report/rss-counters.js';
import { entryAt, setEntry, slotAt, slotMade } from '../src/tables/tables.js';
import { exitMm } from '../src/vma/exit.js';
import { madvise } from '../src/vma/madvise.js';
import { munmap } from '../src/vma/munmap.js';
import { addVmFlags, pageProtOf } from '../src/vma/vma.js';
import { ZAP_ALL, ZAP_KEEP_COWS, ZAP_UNMAP } from '../src/zap/details.js';
import { isMarker, PTE_MARKER } from '../src/zap/markers.js';
import { unmapMappingFolio, unmapMappingPages } from '../src/zap/unmap-mapping.js';
import { zapVmaPtes, zapVmaRange } from '../src/zap/zap-range.js';
import { ARCHITECTURES, machineOf } from './machines.js';

const VPN = 0x1000;
const SHARED = 0x8n | 0x80n;
const RIGHTS = 0x1n | 0x2n | 0x10n | 0x20n;

/** A driver's VMA over a file of 8 pages. */
function driver(arch: string, revision: string, flags = RIGHTS | SHARED) {
  const model = new Model(machineOf(arch, revision, { vmOps: [{ name: 'driver' }] }));
  const mm = newMm(model);
  const mapping = model.state.take('mapping', Mapping.used);
  const vma = newVma(model, mm, { start: VPN, end: VPN + 8, flags, pgoff: 0, ops: 0, mapping });
  const page = () => {
    const frame = allocFolio(model);
    model.state.set(Frame.owner, frame, OWNER.file);
    model.state.setRef(Frame.ownerId, frame, mapping);
    return frame;
  };
  return { model, mm, mapping, vma, page };
}

describe.each(ARCHITECTURES)('zap of a page of a file on %s', (arch) => {
  it('takes back mapping, reference and counter, and harvests dirty and young (SPEC 4.1)', () => {
    const { model, vma, mm, page } = driver(arch, 'v6.18');
    const frame = page();
    addVmFlags(model, vma, 'VM_MIXEDMAP');
    expect(vmInsertPage(model, vma, VPN, frame)).toBe(0);
    const { state, pte } = model;
    expect([state.get(Frame.refcount, frame), state.get(Mm.filePages, mm)]).toEqual([2, 1]);
    const slot = slotAt(model, mm, VPN, 'pte');
    setEntry(model, slot, pte.to.mkyoung(pte.to.mkdirty(entryAt(model, mm, VPN, 'pte'))));
    expect(run(model, () => zapVmaRange(model, vma, VPN, VPN + 8)).events).toEqual([]);
    expect(state.get(Frame.refcount, frame)).toBe(1);
    expect(state.get(Frame.mapcount, frame)).toBe(0);
    expect(state.get(Mm.filePages, mm)).toBe(0);
    const flags = state.get(Frame.flags, frame);
    expect(flags & PAGE_FLAG.dirty).not.toBe(0);
    expect(flags & PAGE_FLAG.referenced).not.toBe(0);
  });

  it.each([
    ['VM_SEQ_READ', 'v6.1', false],
    ['VM_RAND_READ', 'v6.1', true],
    ['VM_RAND_READ', 'v6.9', false],
  ] as const)('with %s in %s marks a young page accessed: %s', (flag, revision, marked) => {
    const { model, vma, mm, page } = driver(arch, revision);
    const frame = page();
    addVmFlags(model, vma, 'VM_MIXEDMAP', flag);
    vmInsertPage(model, vma, VPN, frame);
    const slot = slotAt(model, mm, VPN, 'pte');
    setEntry(model, slot, model.pte.to.mkyoung(entryAt(model, mm, VPN, 'pte')));
    zapVmaRange(model, vma, VPN, VPN + 1);
    const flags = model.state.get(Frame.flags, frame);
    expect((flags & PAGE_FLAG.referenced) !== 0).toBe(marked);
  });

  it('from the file unmaps every VMA, private copies only when asked to (SPEC 4.6)', () => {
    const { model, vma, mm, mapping, page } = driver(arch, 'v6.18', RIGHTS);
    addVmFlags(model, vma, 'VM_MIXEDMAP');
    const frame = page();
    vmInsertPage(model, vma, VPN + 2, frame);
    model.state.set(Frame.index, frame, 2);
    handleMmFault(model, vma, VPN + 2, FAULT_FLAG.WRITE);
    expect(model.state.get(Mm.anonPages, mm)).toBe(1);
    vmInsertPage(model, vma, VPN + 3, page());
    unmapMappingPages(model, mapping, 2, 6, false);
    expect([model.state.get(Mm.anonPages, mm), model.state.get(Mm.filePages, mm)]).toEqual([1, 0]);
    unmapMappingFolio(model, frame);
    expect(model.state.get(Mm.anonPages, mm)).toBe(1);
    unmapMappingPages(model, mapping, 0, 2, true);
    expect(model.state.get(Mm.anonPages, mm)).toBe(1);
    unmapMappingPages(model, mapping, 2, 1, true);
    expect(model.state.get(Mm.anonPages, mm)).toBe(0);
  });
});

describe('zap_vma_ptes()', () => {
  it.each([
    ['v6.18', 'VM_PFNMAP', true],
    ['v6.18', 'VM_MIXEDMAP', false],
    ['v7.2', 'VM_MIXEDMAP', true],
  ] as const)('in %s takes a VMA with %s: %s (SPEC-7.2 4.9)', (revision, flag, zapped) => {
    const { model, vma, mm, page } = driver('x86', revision);
    addVmFlags(model, vma, flag);
    const pfn = model.machine.memory.pfn(page());
    const entry = model.pte.to.mkspecial(model.pte.leaf(pfn, pageProtOf(model, vma)));
    setEntry(model, slotMade(model, mm, VPN, 'pte'), entry);
    zapVmaPtes(model, vma, VPN - 1, 2);
    expect(entryAt(model, mm, VPN, 'pte')).toBe(entry);
    zapVmaPtes(model, vma, VPN, 1);
    expect(entryAt(model, mm, VPN, 'pte') === 0).toBe(zapped);
  });
});

describe('zap of entries that are not present (SPEC 4.3)', () => {
  const place = (kind: 'guard' | 'poisoned' | 'uffdWp', anonymous: boolean) => {
    const made = driver('x86', 'v6.18');
    const { model, mm } = made;
    const vma = anonymous
      ? newVma(model, mm, { start: VPN + 16, end: VPN + 17, flags: RIGHTS })
      : made.vma;
    const vpn = anonymous ? VPN + 16 : VPN;
    const marker = model.pte.makeAbsent('marker', PTE_MARKER[kind]);
    setEntry(model, slotMade(model, mm, vpn, 'pte'), marker as never);
    return { model, mm, vma, vpn };
  };

  it.each([
    ['guard', true, 'ALL', true],
    ['guard', true, 'UNMAP', false],
    ['poisoned', false, 'ALL', false],
    ['poisoned', false, 'KEEP', true],
    ['uffdWp', true, 'ALL', false],
    ['uffdWp', false, 'ALL', true],
    ['uffdWp', false, 'UNMAP', false],
  ] as const)('%s marker, anonymous %s, details %s: stays %s', (kind, anonymous, which, stays) => {
    const { model, mm, vma, vpn } = place(kind, anonymous);
    const details = { ALL: ZAP_ALL, UNMAP: ZAP_UNMAP, KEEP: ZAP_KEEP_COWS }[which];
    zapVmaRange(model, vma, vpn, vpn + 1, details);
    expect(entryAt(model, mm, vpn, 'pte') !== 0).toBe(stays);
  });

  it('a file leaves a marker where userfaultfd had protected a page (SPEC 4.4)', () => {
    const { model, vma, mm, page } = driver('x86', 'v6.18');
    addVmFlags(model, vma, 'VM_MIXEDMAP', 'VM_UFFD_WP');
    vmInsertPage(model, vma, VPN, page());
    const slot = slotAt(model, mm, VPN, 'pte');
    setEntry(model, slot, model.pte.to.mkuffd_wp(entryAt(model, mm, VPN, 'pte')));
    zapVmaRange(model, vma, VPN, VPN + 1);
    const left = entryAt(model, mm, VPN, 'pte');
    expect(isMarker(model, left, 'PTE_MARKER_UFFD_WP')).toBe(true);
    munmap(model, mm, VPN, 8);
    expect(entryAt(model, mm, VPN, 'pte')).toBe(0);
  });

  it('the last entry of a page that is in swap takes it out of the swap cache', () => {
    const model = new Model(machineOf('x86', 'v6.18'));
    const mm = newMm(model);
    const vma = newVma(model, mm, { start: VPN, end: VPN + 1, flags: RIGHTS });
    handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE);
    const frame = model.machine.memory.frame(model.pte.pfn(entryAt(model, mm, VPN, 'pte')));
    // Somebody else's reference keeps the folio from being freed with its mapping.
    model.state.add(Frame.refcount, frame, 1);
    madvise(model, mm, VPN, 1, 'PAGEOUT');
    expect(model.state.get(Mm.swapEntries, mm)).toBe(1);
    expect(model.state.get(Frame.flags, frame) & PAGE_FLAG.swapcache).not.toBe(0);
    zapVmaRange(model, vma, VPN, VPN + 1);
    expect(model.state.get(Mm.swapEntries, mm)).toBe(0);
    expect(model.state.get(Frame.flags, frame) & PAGE_FLAG.swapcache).toBe(0);
    expect(model.state.get(Frame.refcount, frame)).toBe(1);
  });
});

describe('a special bit that was lost (SPEC 15.75)', () => {
  const lose = (revision: string) => {
    const { model, vma, mm, page } = driver('x86', revision);
    const frame = page();
    const pfn = model.machine.memory.pfn(frame);
    model.state.add(Frame.refcount, frame, 1);
    expect(remapPfnRange(model, vma, VPN, pfn, 1, pageProtOf(model, vma))).toBe(0);
    const entry = entryAt(model, mm, VPN, 'pte');
    const plain = model.pte.of(model.pte.word(entry) & ~(1n << 9n));
    setEntry(model, slotAt(model, mm, VPN, 'pte'), plain);
    const said = run(model, () => zapVmaRange(model, vma, VPN, VPN + 1));
    return { model, mm, frame, said };
  };

  it.each(['v6.1', 'v6.9', 'v6.12', 'v6.17', 'v6.18', 'v7.2'])(
    'is reported at unmap in %s',
    (rev) => {
      const { model, mm, frame, said } = lose(rev);
      expect(said.events).toMatchObject([{ kind: 'bad-page-map', level: 'pte', frame }]);
      expect(model.state.get(Frame.refcount, frame)).toBe(1);
      expect(checkMmLines(model, mm)[0]).toBe(
        `BUG: Bad rss-counter state mm:${mm} type:MM_FILEPAGES val:-1`,
      );
      const left = run(model, () => exitMm(model, mm)).events;
      expect(left).toEqual([{ kind: 'note', id: 'bad-rss-counter' }]);
    },
  );

  it('reads as the kernel writes it, before and after 6.18 (SPEC 16.1, 16.2)', () => {
    const lines = (revision: string) => {
      const { model, said } = lose(revision);
      const [report] = said.events;
      if (report?.kind !== 'bad-page-map') throw new Error('no report');
      return badPageMapLines(model, report, { comm: 'cat', file: 'mem', mmap: 'mmap_mem' });
    };
    const old = lines('v6.12');
    expect(old[0]).toBe('BUG: Bad page map in process cat  pte:8000000001000025 pmd:01603043');
    expect(old[1]).toMatch(/^page: refcount:1 mapcount:-1 mapping:0{15}1 index:0x0 pfn:0x1000$/);
    expect(old).toContain('page dumped because: bad pte');
    expect(old.at(-2)).toBe(
      'addr:0000000001000000 vm_flags:040444bb anon_vma:0000000000000000 mapping:0000000000000001 index:0',
    );
    expect(old.at(-1)).toBe('file:mem fault:0x0 mmap:mmap_mem read_folio:0x0');
    const late = lines('v6.18');
    expect(late[0]).toBe('BUG: Bad page map in process cat  pte:8000000001000025');
    expect(late[1]).toMatch(/^pgd:\w{8,} p4d:\w{8,} pud:\w{8,} pmd:\w{8,}$/);
    expect(late).toContain('page dumped because: bad page map');
    expect(late.at(-1)).toBe('file:mem fault:0x0 mmap:mmap_mem mmap_prepare: 0x0 read_folio:0x0');
  });
});

describe('the rate limit of reports (SPEC 16)', () => {
  it('lets 60 through, counts the rest of the minute, and says how many', () => {
    let limit = NO_REPORTS;
    const ask = (now: number) => {
      const answer = admitReport(limit, now);
      limit = answer.limit;
      return answer;
    };
    for (let i = 0; i < 60; i++) expect(ask(1000 + i).printed).toBe(true);
    for (let i = 0; i < 5; i++) expect(ask(2000).printed).toBe(false);
    expect(ask(60_999).printed).toBe(false);
    const later = ask(61_000);
    expect([later.printed, later.reportsSuppressed]).toEqual([true, 6]);
    expect(suppressedLine(6)).toBe('BUG: Bad page map: 6 messages suppressed');
    expect(ask(61_001).reportsSuppressed).toBe(0);
  });
});
