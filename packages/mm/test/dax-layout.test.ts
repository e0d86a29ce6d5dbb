import { describe, expect, it } from 'vitest';
import { blockAt } from '../src/dax/blocks.js';
import { daxBreakLayout, daxPunchHole, daxTruncate, goOn } from '../src/dax/change-file.js';
import { daxEntriesIn } from '../src/dax/entry.js';
import { daxLockEntry } from '../src/dax/lock-entry.js';
import { answerOf, sendSignal } from '../src/dax/waiter.js';
import { ERRNO, VM_FAULT } from '../src/errno.js';
import { readMemory, writeMemory } from '../src/fault/access.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { makeFileSystem } from '../src/files/file-systems.js';
import { getRefs } from '../src/frames/folio.js';
import { OWNER } from '../src/frames/page-flags.js';
import { putRefs } from '../src/frames/put.js';
import { Frame, Mapping, Mm, run } from '../src/index.js';
import { entryAt } from '../src/tables/tables.js';
import { zapVmaRange } from '../src/zap/zap-range.js';
import { interrupted, mappedDax, PRIVATE, SHARED, VPN } from './dax.js';

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
    expect(answerOf(model, daxBreakLayout(model, mapping, 0, 4))).toBe(0);
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
    const task = daxTruncate(model, mapping, 0);
    expect([answerOf(model, task), goOn(model, task)]).toEqual([undefined, false]);
    expect(blockAt(model, mapping, 1)).toBe(frame);
    expect(readMemory(model, mm, VPN + 1)).toBe(5);
    zapVmaRange(model, 0, VPN, VPN + 4);
    const { events } = run(model, () => putRefs(model, frame));
    expect(events).toContainEqual({ kind: 'note', id: 'waiter-woken' });
    const second = run(model, () => goOn(model, task));
    expect([answerOf(model, task), second.events]).toEqual([0, []]);
    expect([blockAt(model, mapping, 1), model.state.get(Mapping.size, mapping)]).toEqual([-1, 0]);
    expect(readMemory(model, mm, VPN + 1)).toBe(-VM_FAULT.SIGBUS);
  });

  it('a signal ends the wait, and the file stays as it is', () => {
    const { model, mapping, frame } = written(revision);
    getRefs(model, frame);
    const task = daxTruncate(model, mapping, 0);
    sendSignal(model, task);
    goOn(model, task);
    expect(answerOf(model, task)).toBe(ERRNO.ERESTARTSYS);
    expect([blockAt(model, mapping, 1), model.state.get(Mapping.size, mapping)]).toEqual([
      frame,
      4,
    ]);
  });

  it('a task that was woken asks again: another reference came meanwhile', () => {
    const { model, mapping, frame } = written(revision);
    getRefs(model, frame);
    const task = daxBreakLayout(model, mapping, 0, 4);
    putRefs(model, frame);
    getRefs(model, frame);
    expect([goOn(model, task), answerOf(model, task)]).toEqual([true, undefined]);
    putRefs(model, frame);
    expect([goOn(model, task), answerOf(model, task)]).toEqual([true, 0]);
  });

  it('an unmapped file whose page is pinned: seen since 6.15 alone (SPEC-23 15.18)', () => {
    const { model, mapping, frame, vma } = written(revision);
    getRefs(model, frame);
    zapVmaRange(model, vma, VPN, VPN + 4);
    model.state.clear('vma', vma);
    const { events } = run(model, () => {
      const answer = answerOf(model, daxTruncate(model, mapping, 0));
      expect(answer).toBe(since ? undefined : 0);
    });
    const told = events.map((event) => 'id' in event && event.id);
    expect(told).toEqual(since ? [] : ['dax-page-busy', 'block-freed-in-use']);
  });

  it('truncation that breaks no layout warns: of busy pages, or of entries (SPEC-23 15.22)', () => {
    for (const busy of [false, true]) {
      const { model, mapping, pgmap, frame } = written(revision);
      makeFileSystem(model, pgmap, 'ext2');
      if (busy) getRefs(model, frame);
      const { events } = run(model, () => daxTruncate(model, mapping, 0));
      const warned = events.filter(({ kind }) => kind === 'warn');
      const expected = { kind: 'warn', id: since ? 'dax-entry-at-truncation' : 'dax-page-busy' };
      expect(warned).toEqual(since || busy ? [expected] : []);
      expect(daxEntriesIn(model, mapping, 0, 4)).toEqual([]);
    }
  });

  it('a hole punched keeps private copies, and reads as zeros', () => {
    const { model, mapping, mm } = mappedDax(revision, PRIVATE);
    writeMemory(model, mm, VPN, 9);
    expect(interrupted(model, daxPunchHole(model, mapping, 0, 2))).toBe(0);
    expect([readMemory(model, mm, VPN), readMemory(model, mm, VPN + 1)]).toEqual([9, 0]);
  });

  it('a write to a hole whose entry is locked leaves the zeropage as it is', () => {
    const { model, mapping, mm } = mappedDax(revision, SHARED);
    readMemory(model, mm, VPN);
    const before = entryAt(model, mm, VPN, 'pte');
    daxLockEntry(model, mapping, 0);
    expect(writeMemory(model, mm, VPN, 1)).toBe(-(VM_FAULT.RETRY | VM_FAULT.NOPAGE));
    expect(entryAt(model, mm, VPN, 'pte')).toBe(before);
  });

  it('a fault on an entry that is locked has to wait', () => {
    const { model, mapping, vma } = written(revision);
    zapVmaRange(model, vma, VPN, VPN + 4);
    daxLockEntry(model, mapping, 1);
    const outcome = run(model, () => handleMmFault(model, vma, VPN + 1, 0));
    expect(outcome).toEqual({
      value: VM_FAULT.RETRY | VM_FAULT.NOPAGE,
      events: [{ kind: 'note', id: 'waits-for-dax-entry' }],
    });
  });
});
