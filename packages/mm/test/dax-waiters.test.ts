import { REVISIONS, type Revision } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { blockAt, fallocate, reflink } from '../src/dax/blocks.js';
import {
  daxBreakLayout,
  daxPunchHole,
  daxTruncate,
  evictInode,
  goOn,
} from '../src/dax/change-file.js';
import { daxEntriesIn } from '../src/dax/entry.js';
import { daxLockEntry, daxUnlockEntry } from '../src/dax/lock-entry.js';
import { answerOf, sendSignal } from '../src/dax/waiter.js';
import { daxWriteback } from '../src/dax/writeback.js';
import { ERRNO } from '../src/errno.js';
import { readMemory, writeMemory } from '../src/fault/access.js';
import { type FileSystemName, makeFileSystem } from '../src/files/file-systems.js';
import { newMapping } from '../src/files/new-mapping.js';
import { getRefs } from '../src/frames/folio.js';
import { OWNER } from '../src/frames/page-flags.js';
import { putRefs } from '../src/frames/put.js';
import { FOLL } from '../src/gup/flags.js';
import { getUserPages } from '../src/gup/get-user-pages.js';
import { putReference } from '../src/gup/reference.js';
import {
  checkInvariants,
  checkStep,
  Frame,
  Mapping,
  type Model,
  newVma,
  run,
} from '../src/index.js';
import { munmap } from '../src/vma/munmap.js';
import { HPN, mappedDax, newDaxFile, SHARED, VPN } from './dax.js';

const states = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `dax-v6/${from + i}`);

/** A revision with one change more. */
function withChange(base: string, change: string): Revision {
  const found = REVISIONS.find(({ id }) => id === base) as Revision;
  return { ...found, id: `${base}+${change}`, basedOn: base, undoes: [], changes: [change] };
}

/** A file of a file system, its page 1 written and in use by somebody. */
function inUse(revision: string | Revision, fileSystem: FileSystemName = 'ext4') {
  const made = mappedDax(revision, SHARED);
  makeFileSystem(made.model, made.pgmap, fileSystem);
  writeMemory(made.model, made.mm, VPN + 1, 5);
  const frame = blockAt(made.model, made.mapping, 1);
  getRefs(made.model, frame);
  made.model.state.add(Frame.heldRefs, frame, 1);
  return { ...made, frame };
}

/** Whoever used the page is done. */
function release(model: Model, frame: number): void {
  model.state.add(Frame.heldRefs, frame, -1);
  putRefs(model, frame);
}

const broken = (model: Model) => checkInvariants(model).map(({ id }) => id);
const warnings = (model: Model, operation: () => unknown) =>
  run(model, operation).events.flatMap((event) =>
    'id' in event && event.kind !== 'note' ? [event.id] : [],
  );

describe('who waits for a DAX page (SPEC 23.2 wait_key and wake_key)', () => {
  const LOST = states(4, 20);

  it.each(['v6.1', 'v6.12', ...states(0, 26), 'v6.17', 'v7.2'])('%s', (revision) => {
    for (const fileSystem of ['ext4', 'virtiofs'] as const) {
      const { model, mapping, frame } = inUse(revision, fileSystem);
      const task = daxBreakLayout(model, mapping, 0, 4);
      const silent = fileSystem === 'virtiofs' && states(21, 26).includes(revision);
      const lost = LOST.includes(revision) || silent;
      expect(broken(model)).toEqual(lost ? ['I39'] : []);
      const told = warnings(model, () => release(model, frame));
      expect(told).toEqual(silent ? ['pgmap-without-free'] : []);
      expect([goOn(model, task), answerOf(model, task)]).toEqual(
        lost ? [false, undefined] : [true, 0],
      );
      // A signal wakes it; the page is idle by then.
      sendSignal(model, task);
      goOn(model, task);
      expect(answerOf(model, task)).toBe(0);
      expect(broken(model)).toEqual([]);
    }
  });

  it('nobody hangs whose page falls idle before the scan', () => {
    for (const revision of LOST) {
      const { model, mapping, frame } = inUse(revision);
      release(model, frame);
      expect(answerOf(model, daxTruncate(model, mapping, 0))).toBe(0);
    }
  });
});

it('virtiofs finds a page of the PMD entry that covers index 0, in the base too (SPEC 15.17)', () => {
  for (const revision of ['dax-v6/0', 'dax-v6/1', 'dax-v6/3', 'dax-v6/26', 'v6.17']) {
    const { model, mapping, mm, pgmap } = mappedDax(revision, SHARED, HPN);
    makeFileSystem(model, pgmap, 'virtiofs');
    writeMemory(model, mm, VPN, 5);
    expect(daxEntriesIn(model, mapping, 0, HPN)).toHaveLength(1);
    expect(getUserPages(model, mm, VPN + 300, 1, FOLL.PIN | FOLL.WRITE)).toBe(1);
    const task = daxTruncate(model, mapping, 0);
    expect([revision, answerOf(model, task)]).toEqual([revision, undefined]);
    putReference(model, 0);
    sendSignal(model, task);
    goOn(model, task);
    expect([revision, answerOf(model, task)]).toEqual([revision, 0]);
    expect(broken(model)).toEqual([]);
  }
});

describe('a file that leaves memory while a page of it is in use (SPEC 23.2 evict_waits)', () => {
  const cases = [
    ['ext4', 7],
    ['xfs', 7],
    ['virtiofs', 27],
    ['erofs', 27],
    ['ext2', 99],
  ] as const;

  it.each(cases)('%s waits from patch %i on', (fileSystem, first) => {
    for (const [patch, revision] of [...states(0, 26), 'v6.17'].entries()) {
      const { model, mapping, frame, mm } = inUse(revision, fileSystem);
      munmap(model, mm, VPN, 4);
      let task = -1;
      const told = warnings(model, () => {
        task = evictInode(model, mapping);
      });
      expect([revision, answerOf(model, task)]).toEqual([revision, patch < first ? 0 : undefined]);
      if (patch < first) {
        const entry = patch >= 6 ? ['dax-entry-at-truncation'] : [];
        expect([revision, told]).toEqual([
          revision,
          patch < 21 ? [...entry, 'dax-page-busy'] : entry,
        ]);
        expect(blockAt(model, mapping, 1)).toBe(frame);
        continue;
      }
      const touchesLock = fileSystem === 'ext4' && patch < 27;
      expect(told).toEqual(touchesLock ? ['invalidate-lock-not-held'] : []);
      sendSignal(model, task);
      expect(goOn(model, task)).toBe(false);
      release(model, frame);
      expect(goOn(model, task)).toBe(patch >= 21);
    }
  });

  it('is not evicted while it is mapped', () => {
    const { model, mapping } = inUse('v6.17');
    expect(answerOf(model, evictInode(model, mapping))).toBe(ERRNO.EBUSY);
  });
});

describe('what v6 answers (SPEC 15.21)', () => {
  it('is unset unless it has waited', () => {
    for (const [patch, revision] of [...states(0, 26), 'v6.17'].entries()) {
      const unset = patch >= 5 && patch <= 26;
      const { model, mapping, frame } = inUse(revision);
      const waits = daxBreakLayout(model, mapping, 0, 4, 9);
      release(model, frame);
      sendSignal(model, waits);
      goOn(model, waits);
      expect(answerOf(model, waits)).toBe(0);
      expect(answerOf(model, daxBreakLayout(model, mapping, 0, 4, 9))).toBe(unset ? 9 : 0);
    }
  });

  it('XFS hears of a wait that ended well', () => {
    for (const revision of [...states(0, 3), ...states(21, 26), 'v6.17']) {
      const { model, mapping, frame } = inUse(revision, 'xfs');
      const task = daxTruncate(model, mapping, 0, 9);
      release(model, frame);
      goOn(model, task);
      expect([revision, answerOf(model, task)]).toEqual([revision, 0]);
    }
  });

  it('XFS forgets that it was interrupted', () => {
    for (const [patch, revision] of [...states(0, 26), 'v6.17'].entries()) {
      const { model, mapping } = inUse(revision, 'xfs');
      const task = daxTruncate(model, mapping, 0, 0);
      sendSignal(model, task);
      goOn(model, task);
      const forgets = patch >= 5 && patch <= 26;
      expect(answerOf(model, task)).toBe(forgets ? 0 : ERRNO.ERESTARTSYS);
      expect(blockAt(model, mapping, 1) < 0).toBe(forgets);
    }
  });
});

describe('entries that somebody has locked (SPEC 15.19)', () => {
  /** The page in use is locked; another one lies behind it. */
  function locked(revision: string) {
    const made = inUse(revision);
    writeMemory(made.model, made.mm, VPN + 2, 6);
    expect(daxLockEntry(made.model, made.mapping, 1)).toBe(0);
    expect(daxLockEntry(made.model, made.mapping, 1)).toBe(ERRNO.EBUSY);
    return made;
  }

  it.each([
    ...states(0, 2).map((revision) => [revision, 'skips it', 0, 0] as const),
    ...['dax-v6/3', 'dax-v6/20', 'dax-v6/26'].map(
      (revision) => [revision, 'looks at the next', undefined, 0] as const,
    ),
    ['v6.17', 'looks at it', undefined, undefined] as const,
  ])('%s: a scan %s', (revision, _what, first, then) => {
    const { model, mapping } = locked(revision);
    const task = daxBreakLayout(model, mapping, 0, 4);
    expect(answerOf(model, task)).toBe(first);
    daxUnlockEntry(model, mapping, 1);
    goOn(model, task);
    expect(answerOf(model, task)).toBe(then);
    expect(daxUnlockEntry(model, mapping, 1)).toBe(ERRNO.ENOENT);
  });

  it('an entry locked again while entries are deleted is left over, until the fix (I40)', () => {
    for (const revision of ['dax-v6/6', 'dax-v6/26', 'v6.17']) {
      const { model, mapping, frame } = locked(revision);
      const before = model.state.copy();
      release(model, frame);
      const task = daxBreakLayout(model, mapping, 0, 4);
      daxUnlockEntry(model, mapping, 1);
      daxLockEntry(model, mapping, 1);
      goOn(model, task);
      daxUnlockEntry(model, mapping, 1);
      goOn(model, task);
      expect(answerOf(model, task)).toBe(0);
      const fixed = revision === 'v6.17';
      expect(daxEntriesIn(model, mapping, 0, 4)).toHaveLength(fixed ? 0 : 1);
      const step = { kind: 'break-layout', mapping, start: 0, end: 4 } as const;
      expect(checkStep(model, before, step).map(({ id }) => id)).toEqual(fixed ? [] : ['I40']);
    }
  });
});

describe('file offsets that share a page (SPEC 15.25)', () => {
  /** Three files whose offsets `first`, 7 and 9 share a block, read one after the other. */
  function shared(revision: string | Revision, first: number) {
    const { model, mapping, pgmap, mm, vma } = mappedDax(revision, SHARED, 10);
    const others = [newDaxFile(model, pgmap, 10), newDaxFile(model, pgmap, 10)] as const;
    fallocate(model, mapping, first, first + 1);
    const frame = blockAt(model, mapping, first);
    reflink(model, mapping, first, others[0], 7);
    reflink(model, mapping, first, others[1], 9);
    const { flags, start } = { flags: SHARED, start: VPN + 64 };
    const vmas = others.map((other, i) => {
      const at = start + 64 * i;
      return newVma(model, mm, {
        start: at,
        end: at + 10,
        flags,
        pgoff: 0,
        ops: 0,
        mapping: other,
      });
    });
    const told = warnings(model, () => {
      readMemory(model, mm, VPN + first);
      readMemory(model, mm, start + 7);
      readMemory(model, mm, start + 64 + 9);
    });
    return { model, mapping, others, frame, told, mm, vmas: [vma, ...vmas] };
  }

  const word = ({ state }: Model, frame: number) => [
    state.get(Frame.owner, frame),
    state.ref(Frame.ownerId, frame),
    state.get(Frame.share, frame),
  ];

  it.each(states(0, 7))('%s counts beside a marker', (revision) => {
    const { model, frame, told } = shared(revision, 0);
    expect([told, word(model, frame)]).toEqual([[], [OWNER.daxShared, -1, 3]]);
  });

  it.each(states(8, 20))('%s loses the first sharer at index 0', (revision) => {
    const { model, frame, told } = shared(revision, 0);
    expect([told, word(model, frame)]).toEqual([['dax-page-has-mapping'], [OWNER.none, -1, 2]]);
  });

  it.each(states(8, 20))('%s loses the count with the third sharer', (revision) => {
    const { model, mapping, others, frame, told, mm } = shared(revision, 3);
    expect([told, word(model, frame)]).toEqual([[], [OWNER.file, others[1], 0]]);
    munmap(model, mm, VPN, 10);
    const gone = warnings(model, () => daxTruncate(model, mapping, 0));
    expect(gone).toEqual(['dax-page-of-other-mapping']);
    expect(word(model, frame)).toEqual([OWNER.none, -1, 0]);
  });

  it('the rule that followed v6 counts pages right', () => {
    for (const first of [0, 3]) {
      const { model, frame, told } = shared(
        withChange('dax-v6/8', 'dax-share-word-or-mapping'),
        first,
      );
      expect([told, word(model, frame)]).toEqual([[], [OWNER.none, -1, 3]]);
    }
  });

  it.each([...states(21, 26), 'v6.17', 'v7.2'])('%s counts folios right', (revision) => {
    for (const first of [0, 3]) {
      const { model, mapping, frame, told } = shared(revision, first);
      expect([told, word(model, frame)]).toEqual([[], [OWNER.none, -1, 3]]);
      expect(answerOf(model, daxTruncate(model, mapping, 0))).toBe(0);
      expect(word(model, frame)).toEqual([OWNER.none, -1, 2]);
      expect(broken(model)).toEqual([]);
    }
  });
});

it('a page that the cache had a reference on would never wake anybody (never posted)', () => {
  const { model, mapping, frame } = inUse(withChange('v6.17', 'page-cache-holds-dax-page'));
  expect(model.state.get(Frame.refcount, frame)).toBe(3);
  const task = daxTruncate(model, mapping, 0);
  expect(broken(model)).toEqual(['I39']);
  release(model, frame);
  expect(goOn(model, task)).toBe(false);
  sendSignal(model, task);
  goOn(model, task);
  expect([answerOf(model, task), model.state.get(Frame.refcount, frame)]).toEqual([0, 0]);
});

it('indices that a file has no room for, and files on no device, are refused or left alone', () => {
  const { model, mapping, pgmap } = mappedDax('v6.17', SHARED);
  const [other, none] = [newDaxFile(model, pgmap, 1), newMapping(model, 'fsdax', 1)];
  const far = 2 ** 40;
  expect(fallocate(model, mapping, 0, far)).toBe(ERRNO.ENOSPC);
  expect(fallocate(model, none, 0, 1)).toBe(ERRNO.EOPNOTSUPP);
  expect(fallocate(model, mapping, 0, 1)).toBe(0);
  expect([reflink(model, mapping, 0, none, 0), reflink(model, mapping, 0, other, far)]).toEqual([
    ERRNO.EINVAL,
    ERRNO.EINVAL,
  ]);
  const before = blockAt(model, mapping, 0);
  expect(answerOf(model, daxPunchHole(model, mapping, 2, far))).toBe(0);
  expect(answerOf(model, daxTruncate(model, mapping, far))).toBe(0);
  expect(model.state.get(Mapping.size, mapping)).toBe(4);
  expect(daxWriteback(model, mapping, 0, far)).toBe(0);
  expect(daxLockEntry(model, mapping, far)).toBe(ERRNO.ENOENT);
  expect(blockAt(model, mapping, 0)).toBe(before);
});
