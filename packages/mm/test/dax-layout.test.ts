import { describe, expect, it } from 'vitest';
import { blockAt } from '../src/dax/blocks.js';
import { DAX, daxEntriesIn, daxEntryAt } from '../src/dax/entry.js';
import { daxBreakLayout, daxLayoutBusyPage } from '../src/dax/layout.js';
import { daxPunchHole, daxTruncate, truncateDaxPages } from '../src/dax/truncate.js';
import { ERRNO, VM_FAULT } from '../src/errno.js';
import { readMemory, writeMemory } from '../src/fault/access.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { getRefs } from '../src/frames/folio.js';
import { OWNER } from '../src/frames/page-flags.js';
import { putRefs } from '../src/frames/put.js';
import { CacheSlot, Frame, Mapping, Mm, run } from '../src/index.js';
import { entryAt } from '../src/tables/tables.js';
import { zapVmaRange } from '../src/zap/zap-range.js';
import { mappedDax, PRIVATE, SHARED, VPN } from './dax.js';

const BEFORE = ['v6.1', 'v6.9', 'v6.12'];
const SINCE = ['v6.17', 'v6.18', 'v7.2'];

/** A file whose page 1 was written, and is mapped. */
function written(revision: string) {
  const made = mappedDax(revision, SHARED);
  writeMemory(made.model, made.mm, VPN + 1, 5);
  return { ...made, frame: blockAt(made.model, made.mapping, 1) };
}

describe.each([...BEFORE, ...SINCE])('layouts of DAX files on %s (SPEC 11.7)', (revision) => {
  const since = SINCE.includes(revision);

  it('a page that only its mappings refer to is not busy; breaking unmaps it', () => {
    const { model, mapping, mm, frame } = written(revision);
    expect(daxBreakLayout(model, mapping, 0, 4)).toBe(0);
    const { state } = model;
    expect(entryAt(model, mm, VPN + 1, 'pte')).toBe(0);
    expect(state.get(Mm.filePages, mm)).toBe(0);
    // Since 6.15 the entries go with it, and the page belongs to no file (I40).
    expect(daxEntriesIn(model, mapping, 0, 4)).toHaveLength(since ? 0 : 1);
    expect(state.get(Frame.owner, frame)).toBe(since ? OWNER.none : OWNER.file);
    expect(state.get(Frame.refcount, frame)).toBe(since ? 0 : 1);
    expect(readMemory(model, mm, VPN + 1)).toBe(5);
  });

  it('a page that somebody refers to is waited for, and nothing is truncated meanwhile', () => {
    const { model, mapping, frame, mm } = written(revision);
    getRefs(model, frame);
    const outcome = run(model, () => daxTruncate(model, mapping, 0));
    expect(outcome.bug === undefined && outcome.value).toBe(ERRNO.ERESTARTSYS);
    expect(outcome.events).toContainEqual({ kind: 'note', id: 'waits-for-dax-page' });
    expect(blockAt(model, mapping, 1)).toBe(frame);
    putRefs(model, frame);
    expect(readMemory(model, mm, VPN + 1)).toBe(5);
    const second = run(model, () => daxTruncate(model, mapping, 0));
    expect(second.bug === undefined && second.value).toBe(0);
    expect(second.events.filter(({ kind }) => kind === 'warn')).toEqual([]);
    expect([blockAt(model, mapping, 1), model.state.get(Mapping.size, mapping)]).toEqual([-1, 0]);
    expect(readMemory(model, mm, VPN + 1)).toBe(-VM_FAULT.SIGBUS);
  });

  it('an unmapped file whose page is pinned: seen since 6.15 alone (SPEC-23 15.18)', () => {
    const { model, mapping, frame, vma } = written(revision);
    getRefs(model, frame);
    zapVmaRange(model, vma, VPN, VPN + 4);
    expect(daxLayoutBusyPage(model, mapping, 0, 4)).toBe(frame);
    model.state.clear('vma', vma);
    expect(daxLayoutBusyPage(model, mapping, 0, 4)).toBe(since ? frame : -1);
  });

  it('a locked entry is passed over until 6.14 (SPEC-23 15.19)', () => {
    const { model, mapping, frame } = written(revision);
    getRefs(model, frame);
    const slot = daxEntryAt(model, mapping, 1);
    model.state.add(CacheSlot.bits, slot, DAX.locked);
    expect(daxLayoutBusyPage(model, mapping, 0, 4)).toBe(since ? frame : -1);
  });

  it('truncation that breaks no layout warns: of busy pages, or of entries (SPEC-23 15.22)', () => {
    for (const busy of [false, true]) {
      const { model, mapping, frame } = written(revision);
      if (busy) getRefs(model, frame);
      const { events } = run(model, () => truncateDaxPages(model, mapping, 0));
      const warned = events.filter(({ kind }) => kind === 'warn');
      const expected = { kind: 'warn', id: since ? 'dax-entry-at-truncation' : 'dax-page-busy' };
      expect(warned).toEqual(since || busy ? [expected] : []);
      expect(daxEntriesIn(model, mapping, 0, 4)).toEqual([]);
    }
  });

  it('a hole punched keeps private copies, and reads as zeros', () => {
    const { model, mapping, mm } = mappedDax(revision, PRIVATE);
    writeMemory(model, mm, VPN, 9);
    expect(daxPunchHole(model, mapping, 0, 2)).toBe(0);
    expect([readMemory(model, mm, VPN), readMemory(model, mm, VPN + 1)]).toEqual([9, 0]);
  });

  it('a fault on an entry that is locked has to wait', () => {
    const { model, mapping, vma } = written(revision);
    zapVmaRange(model, vma, VPN, VPN + 4);
    model.state.add(CacheSlot.bits, daxEntryAt(model, mapping, 1), DAX.locked);
    const outcome = run(model, () => handleMmFault(model, vma, VPN + 1, 0));
    expect(outcome).toEqual({
      value: VM_FAULT.RETRY,
      events: [{ kind: 'note', id: 'waits-for-dax-entry' }],
    });
  });
});
