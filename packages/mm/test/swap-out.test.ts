import { describe, expect, it } from 'vitest';
import { getRefs, isAnonExclusive, setFlag } from '../src/frames/folio.js';
import { lruFolios, lruRemove } from '../src/frames/lru.js';
import { lruBatchAdd } from '../src/frames/lru-batch.js';
import { FOLL } from '../src/gup/flags.js';
import { getUserPages } from '../src/gup/get-user-pages.js';
import { AnonVma, Frame, Global, Mm, type Model, PAGE_FLAG, SwapSlot, Vma } from '../src/index.js';
import { addToSwap, reclaimFolio } from '../src/rmap/reclaim.js';
import { CONTENDED, folioReferenced } from '../src/rmap/referenced.js';
import { tryToUnmap } from '../src/rmap/swap-out.js';
import { setEntry, slotAt } from '../src/tables/tables.js';
import { exitMm } from '../src/vma/exit.js';
import { ARCHITECTURES } from './machines.js';
import {
  child,
  entryOf,
  frameAt,
  oneProcess,
  PRIVATE,
  quietly,
  read,
  VPN,
  write,
} from './processes.js';

const VM_LOCKED = 0x2000n;

describe.each(ARCHITECTURES)('swapping out and in on %s', (arch) => {
  it('frees the frame, keeps contents and exclusivity, and counts (SPEC 9.8)', () => {
    const { model, mm, vma } = oneProcess(arch, 'v6.18');
    const { state, pte } = model;
    const page = write(model, vma, VPN, 7);
    expect(quietly(model, () => reclaimFolio(model, page, true))).toBe(true);
    expect(state.get(Frame.refcount, page)).toBe(0);
    expect([state.get(Mm.anonPages, mm), state.get(Mm.swapEntries, mm)]).toEqual([0, 1]);
    expect([state.get(SwapSlot.count, 0), state.get(SwapSlot.content, 0)]).toEqual([1, 7]);
    const entry = entryOf(model, vma, VPN);
    expect(pte.absent(entry).what).toBe('swap');
    const keepsExclusive = pte.is.swp_exclusive(pte.to.swp_mkexclusive(entry));
    expect(pte.is.swp_exclusive(entry)).toBe(keepsExclusive);
    const back = read(model, vma, VPN);
    expect(state.get(Frame.content, back)).toBe(7);
    expect([state.get(Mm.anonPages, mm), state.get(Mm.swapEntries, mm)]).toEqual([1, 0]);
    expect(isAnonExclusive(model, back)).toBe(keepsExclusive);
    expect(quietly(model, () => exitMm(model, mm))).toBeUndefined();
    expect(state.get(SwapSlot.count, 0)).toBe(0);
  });

  it('takes a shared page out of both processes', () => {
    const { model, mm, vma } = oneProcess(arch, 'v6.18');
    const page = write(model, vma, VPN, 7);
    const other = child(model, mm);
    expect(quietly(model, () => reclaimFolio(model, page, true))).toBe(true);
    expect(model.state.get(SwapSlot.count, 0)).toBe(2);
    expect(model.pte.is.swp_exclusive(entryOf(model, vma, VPN))).toBe(false);
    const back = read(model, other.vma, VPN);
    expect(isAnonExclusive(model, back)).toBe(false);
    expect(read(model, vma, VPN)).toBe(back);
  });

  it('leaves a pinned page alone, and one that somebody refers to in the swap cache', () => {
    const { model, mm, vma } = oneProcess(arch, 'v6.18');
    const [pinned, referred] = [write(model, vma, VPN, 1), write(model, vma, VPN + 1, 2)];
    quietly(model, () => getUserPages(model, mm, VPN, 1, FOLL.PIN | FOLL.WRITE));
    quietly(model, () => getUserPages(model, mm, VPN + 1, 1, FOLL.GET));
    const before = entryOf(model, vma, VPN);
    expect(quietly(model, () => reclaimFolio(model, pinned, true))).toBe(false);
    expect(entryOf(model, vma, VPN)).toBe(before);
    expect(isAnonExclusive(model, pinned)).toBe(true);
    expect(quietly(model, () => reclaimFolio(model, referred, true))).toBe(false);
    expect(model.pte.absent(entryOf(model, vma, VPN + 1)).what).toBe('swap');
    expect(read(model, vma, VPN + 1)).toBe(referred);
  });

  it('does not take what a VMA has locked', () => {
    const { model, vma } = oneProcess(arch, 'v6.18', { flags: PRIVATE | VM_LOCKED });
    const page = write(model, vma, VPN, 1);
    expect(quietly(model, () => reclaimFolio(model, page, true))).toBe(false);
    expect(frameAt(model, vma, VPN)).toBe(page);
  });
});

describe('a page that waits for a list while it is swapped out', () => {
  /** Unmapped, in the swap cache, and put back by somebody who had taken it off its list. */
  function waiting(revision: string) {
    const { model, vma } = oneProcess('x86', revision);
    const page = write(model, vma, VPN, 7);
    quietly(model, () => {
      addToSwap(model, page);
      tryToUnmap(model, page);
      lruRemove(model, page);
      lruBatchAdd(model, page, 'inactive');
    });
    expect(model.pte.absent(entryOf(model, vma, VPN)).what).toBe('swap');
    return { model, vma, page };
  }
  const batched = ({ state }: Model) => state.get(Global.lruBatched, 0);

  it.each(['v5.18', 'rmap-log/6', 'rmap-log/7', 'v6.1', 'v6.18'])(
    'is on the list before a write decides whose it is in %s, not before a read (SPEC 24.3)',
    (revision) => {
      const own = waiting(revision);
      expect(write(own.model, own.vma, VPN, 8)).toBe(own.page);
      expect(batched(own.model)).toBe(0);
      expect(lruFolios(own.model, 'inactive')).toContain(own.page);
      expect(own.model.state.get(Frame.refcount, own.page)).toBe(1);

      const onlyRead = waiting(revision);
      expect(read(onlyRead.model, onlyRead.vma, VPN)).toBe(onlyRead.page);
      expect(batched(onlyRead.model)).toBe(1);
    },
  );

  it('is on the list too when a write copies it, as somebody else refers to it', () => {
    const { model, vma, page } = waiting('rmap-log/7');
    quietly(model, () => getRefs(model, page));
    // With the batch these are more references than the write fault itself would drain for.
    expect(model.state.get(Frame.refcount, page)).toBe(3);
    expect(write(model, vma, VPN, 8)).not.toBe(page);
    expect(batched(model)).toBe(0);
    expect(lruFolios(model, 'inactive')).toContain(page);
  });
});

describe('pages given up by MADV_FREE', () => {
  const givenUp = (revision: string) => {
    const { model, mm, vma } = oneProcess('x86', revision);
    const page = write(model, vma, VPN, 5);
    setFlag(model, page, PAGE_FLAG.swapbacked, false);
    return { model, mm, vma, page };
  };

  it('are dropped while nobody wrote to them again', () => {
    const { model, mm, vma, page } = givenUp('v6.18');
    const slot = slotAt(model, mm, VPN, 'pte');
    setEntry(model, slot, model.pte.to.mkclean(entryOf(model, vma, VPN)));
    expect(quietly(model, () => reclaimFolio(model, page, true))).toBe(true);
    expect(entryOf(model, vma, VPN)).toBe(0);
    expect(model.state.get(Mm.anonPages, mm)).toBe(0);
  });

  it('stay, and are swapped like others, when they were written to', () => {
    const { model, vma, page } = givenUp('v6.18');
    expect(quietly(model, () => reclaimFolio(model, page, true))).toBe(false);
    expect(frameAt(model, vma, VPN)).toBe(page);
    expect(model.state.get(Frame.flags, page) & PAGE_FLAG.swapbacked).not.toBe(0);
  });
});

describe('a rmap lock that is held', () => {
  it('makes folio_referenced() give up, with all as it was (SPEC 15.66)', () => {
    const { model, mm, vma } = oneProcess('x86', 'v6.18');
    const page = write(model, vma, VPN, 5);
    child(model, mm);
    const root = model.state.ref(AnonVma.root, model.state.ref(Vma.anonVma, vma));
    model.state.set(AnonVma.locked, root, 1);
    const before = entryOf(model, vma, VPN);
    expect(quietly(model, () => folioReferenced(model, page, true))).toBe(CONTENDED);
    expect(entryOf(model, vma, VPN)).toBe(before);
    model.state.set(AnonVma.locked, root, 0);
    expect(quietly(model, () => folioReferenced(model, page, true))).toBe(1);
    expect(quietly(model, () => folioReferenced(model, page, true))).toBe(0);
  });

  it('keeps the folio where it is, at the head of the inactive list', () => {
    const { model, vma } = oneProcess('x86', 'v6.18');
    const page = write(model, vma, VPN, 5);
    write(model, vma, VPN + 1, 6);
    const root = model.state.ref(Vma.anonVma, vma);
    model.state.set(AnonVma.locked, root, 1);
    expect(quietly(model, () => reclaimFolio(model, page, false))).toBe(false);
    expect(lruFolios(model, 'inactive')[0]).toBe(page);
    expect(lruFolios(model, 'active')).not.toContain(page);
  });
});
