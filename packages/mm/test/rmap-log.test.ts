import { describe, expect, it } from 'vitest';
import { ERRNO, VM_FAULT } from '../src/errno.js';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { forkMm } from '../src/fork/fork.js';
import { vmaNeedsCopy } from '../src/fork/vma-needs-copy.js';
import { getRefs, isAnonExclusive, setFlag } from '../src/frames/folio.js';
import { MM_FLAG, PAGE_FLAG } from '../src/frames/page-flags.js';
import { checkVmaFlags } from '../src/gup/check-vma-flags.js';
import { FOLL } from '../src/gup/flags.js';
import { getUserPages } from '../src/gup/get-user-pages.js';
import { putReference, referenceAt } from '../src/gup/reference.js';
import { Frame, Mm, type Model, newVma, run, Vma } from '../src/index.js';
import { checkInvariants } from '../src/invariants/check.js';
import { tryDupAnonRmap } from '../src/rmap/dup.js';
import { setEntry, slotAt } from '../src/tables/tables.js';
import { hasVmFlag } from '../src/vma/vma.js';
import {
  child,
  entryOf,
  frameAt,
  oneProcess,
  PAGES,
  PRIVATE,
  quietly,
  read,
  VPN,
  write,
} from './processes.js';
import { revisionWith } from './recorded.js';

const { PIN, GET, WRITE, FORCE } = FOLL;
const R0 = 'v5.18';
const READ_ONLY = 0x71n;
const VM_UFFD_WP = 0x1000n;

/** Takes the write bit of an entry away, as clearing soft-dirty bits would. */
function protect(model: Model, mm: number, vma: number): void {
  setEntry(model, slotAt(model, mm, VPN, 'pte'), model.pte.to.wrprotect(entryOf(model, vma, VPN)));
}

const refs = ({ state }: Model, frame: number) => state.get(Frame.refcount, frame);

describe('pages before they were marked exclusive', () => {
  it('nothing sets the mark, and no invariant asks for it (SPEC 24.1, 24.14)', () => {
    const { model, mm, vma } = oneProcess('x86', R0);
    const frame = write(model, vma, VPN, 1);
    quietly(model, () => forkMm(model, mm));
    write(model, vma, VPN, 2);
    quietly(model, () => getUserPages(model, mm, VPN, 1, PIN | WRITE));
    expect(isAnonExclusive(model, frame)).toBe(false);
    expect(isAnonExclusive(model, frameAt(model, vma, VPN))).toBe(false);
    expect(checkInvariants(model)).toEqual([]);
  });

  it('a reused page stays with its anon_vma until the write fault moves it (SPEC 24.0 c6)', () => {
    const owner = (revision: Parameters<typeof oneProcess>[1]) => {
      const { model, mm, vma } = oneProcess('x86', revision);
      const frame = write(model, vma, VPN, 1);
      const own = child(model, mm);
      quietly(model, () => handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE));
      expect(frameAt(model, own.vma, VPN)).toBe(frame);
      quietly(model, () => handleMmFault(model, own.vma, VPN, FAULT_FLAG.WRITE));
      expect(frameAt(model, own.vma, VPN)).toBe(frame);
      return model.state.ref(Frame.ownerId, frame) === model.state.ref(Vma.anonVma, own.vma);
    };
    expect(owner(R0)).toBe(false);
    expect(owner('rmap-log/6')).toBe(false);
    expect(owner(revisionWith('rmap-log/6', { changes: ['reuse-moves-rmap'] }))).toBe(true);
    expect(owner('rmap-log/7')).toBe(true);
  });

  it('one reference beside that of the entry is enough for a copy (SPEC 24.2)', () => {
    for (const revision of [R0, 'rmap-log/6']) {
      const { model, mm, vma } = oneProcess('x86', revision);
      const frame = write(model, vma, VPN, 1);
      protect(model, mm, vma);
      getRefs(model, frame);
      expect(quietly(model, () => handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE))).toBe(0);
      expect(frameAt(model, vma, VPN)).not.toBe(frame);
    }
  });

  it('FAULT_FLAG_UNSHARE is a bit that nobody looks at (SPEC 24.1)', () => {
    const { model, mm, vma } = oneProcess('x86', 'rmap-log/7');
    const frame = write(model, vma, VPN, 1);
    quietly(model, () => forkMm(model, mm));
    expect(quietly(model, () => handleMmFault(model, vma, VPN, FAULT_FLAG.UNSHARE))).toBe(0);
    expect(frameAt(model, vma, VPN)).toBe(frame);
    const x = oneProcess('x86', 'rmap-log/7x');
    const shared = write(x.model, x.vma, VPN, 1);
    quietly(x.model, () => forkMm(x.model, x.mm));
    expect(quietly(x.model, () => handleMmFault(x.model, x.vma, VPN, FAULT_FLAG.UNSHARE))).toBe(0);
    expect(frameAt(x.model, x.vma, VPN)).not.toBe(shared);
  });
});

describe('fork', () => {
  it('asks for pins inside its section from the second patch on (SPEC 24.4)', () => {
    for (const [revision, bug] of [
      [R0, undefined],
      ['rmap-log/2', 'seq-even'],
      ['rmap-log/6', 'seq-even'],
    ] as const) {
      const { model, vma } = oneProcess('x86', revision);
      const frame = write(model, vma, VPN, 1);
      expect(run(model, () => tryDupAnonRmap(model, frame, 1, vma, vma)).bug).toBe(bug);
    }
  });

  it('copies what is pinned; since pages are marked, only what is exclusive (SPEC 24.4)', () => {
    const shares = (revision: string) => {
      const { model, mm, vma } = oneProcess('x86', revision);
      const frame = write(model, vma, VPN, 1);
      const first = child(model, mm);
      // The page is shared by now, and pinned by a fork-unaware device.
      quietly(model, () => getUserPages(model, mm, VPN, 1, PIN));
      expect(model.state.get(Mm.flags, mm) & MM_FLAG.hasPinned).not.toBe(0);
      expect(frameAt(model, first.vma, VPN)).toBe(frame);
      return frameAt(model, child(model, mm).vma, VPN) === frame;
    };
    expect(shares(R0)).toBe(false);
    expect(shares('rmap-log/6')).toBe(false);
    expect(shares('rmap-log/7')).toBe(true);
  });

  it('looks at the child watched by userfaultfd from 5.19 on (SPEC 24.4)', () => {
    for (const [revision, copied] of [
      [R0, false],
      ['rmap-log/10', false],
      ['v6.1', true],
    ] as const) {
      const { model, mm, vma } = oneProcess('x86', revision);
      const watched = newVma(model, mm, {
        start: VPN + PAGES,
        end: VPN + 2 * PAGES,
        flags: PRIVATE | VM_UFFD_WP,
      });
      expect(hasVmFlag(model, watched, 'VM_UFFD_WP')).toBe(true);
      expect(vmaNeedsCopy(model, watched, vma)).toBe(copied);
    }
  });
});

describe('GUP', () => {
  it('counts pins of the zeropage in 5.18 (SPEC 24.1, I3)', () => {
    const { model, mm, vma } = oneProcess('x86', R0);
    const zero = read(model, vma, VPN);
    const before = refs(model, zero);
    quietly(model, () => getUserPages(model, mm, VPN, 1, PIN));
    expect(refs(model, zero)).toBe(before + 1024);
    expect(checkInvariants(model).map(({ id }) => id)).toEqual(['I3']);
    quietly(model, () => putReference(model, referenceAt(model, mm, VPN)));
    expect(refs(model, zero)).toBe(before);
  });

  it('forces a write after a write fault, and later into what is exclusive (SPEC 24.8)', () => {
    for (const revision of [R0, 'rmap-log/7x', 'v6.1']) {
      const { model, mm, vma } = oneProcess('x86', revision, { flags: READ_ONLY });
      const zero = read(model, vma, VPN);
      const got = quietly(model, () => getUserPages(model, mm, VPN, 1, GET | WRITE | FORCE));
      expect(got).toBe(1);
      const frame = frameAt(model, vma, VPN);
      expect(frame).not.toBe(zero);
      const entry = entryOf(model, vma, VPN);
      expect([model.pte.is.write(entry), model.pte.is.dirty(entry)]).toEqual([false, true]);
      expect(refs(model, frame)).toBe(2);
    }
  });

  it('in 5.18 a second forced write to a page that fork shared finds no COW mark, and copies', () => {
    const { model, mm, vma } = oneProcess('x86', R0, { flags: READ_ONLY });
    quietly(model, () => getUserPages(model, mm, VPN, 1, GET | WRITE | FORCE));
    const frame = frameAt(model, vma, VPN);
    quietly(model, () => forkMm(model, mm));
    quietly(model, () => getUserPages(model, mm, VPN, 1, GET | WRITE | FORCE));
    expect(frameAt(model, vma, VPN)).not.toBe(frame);
  });

  it('refuses to force writes to hugetlb from 6.1 to 6.12 (SPEC 24.8, 5.2)', () => {
    const VM_HUGETLB = 0x400000n;
    for (const [revision, answer] of [
      [R0, 0],
      ['rmap-log/10', 0],
      ['v6.1', ERRNO.EFAULT],
      ['v6.12', ERRNO.EFAULT],
      ['v6.17', 0],
    ] as const) {
      const { model, vma } = oneProcess('x86', revision, { flags: READ_ONLY | VM_HUGETLB });
      expect(checkVmaFlags(model, vma, GET | WRITE | FORCE)).toBe(answer);
    }
  });

  it('pinning through a writable entry looks for the mark as well (SPEC 5.5, 24.8)', () => {
    const outcome = (revision: string) => {
      const { model, mm, vma } = oneProcess('x86', revision);
      const frame = write(model, vma, VPN, 1);
      setFlag(model, frame, PAGE_FLAG.anonExclusive, false);
      const { bug, events } = run(model, () => getUserPages(model, mm, VPN, 1, PIN | WRITE));
      return bug ?? events.map((event) => ('id' in event ? event.id : event.kind));
    };
    expect(outcome('rmap-log/7')).toEqual([]);
    expect(outcome('rmap-log/7x')).toBe('not-exclusive');
    expect(outcome('v6.12')).toBe('not-exclusive');
    expect(outcome('v6.17')).toEqual(['not-exclusive']);
  });

  it('unpinning looks for the mark since pins are reliable (SPEC 24.0 c7a)', () => {
    const outcome = (revision: string) => {
      const { model, mm, vma } = oneProcess('x86', revision);
      const frame = write(model, vma, VPN, 1);
      quietly(model, () => getUserPages(model, mm, VPN, 1, PIN | WRITE));
      setFlag(model, frame, PAGE_FLAG.anonExclusive, false);
      const { bug, events } = run(model, () => putReference(model, referenceAt(model, mm, VPN)));
      return bug ?? events.map((event) => ('id' in event ? event.id : event.kind));
    };
    expect(outcome(R0)).toEqual([]);
    expect(outcome('rmap-log/7')).toEqual([]);
    expect(outcome('rmap-log/7x')).toBe('unpinned-not-exclusive');
    expect(outcome('v6.12')).toBe('unpinned-not-exclusive');
    expect(outcome('v6.17')).toEqual(['unpinned-not-exclusive']);
  });
});

describe('broken memory', () => {
  it('stops the kernel that copies it, and is a fault from 6.1 on (SPEC 24.16)', () => {
    const outcome = (revision: string) => {
      const { model, mm, vma } = oneProcess('x86', revision);
      const frame = write(model, vma, VPN, 1);
      quietly(model, () => forkMm(model, mm));
      setFlag(model, frame, PAGE_FLAG.hwpoison, true);
      const done = run(model, () => handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE));
      return done.bug ?? done.value;
    };
    expect(outcome(R0)).toBe('machine-check');
    expect(outcome('rmap-log/10')).toBe('machine-check');
    expect(outcome('v6.1')).toBe(VM_FAULT.HWPOISON);
  });

  it('that is pinned stops the fork that copies it, and fails it from 6.12 on (SPEC 7.2)', () => {
    const outcome = (revision: string) => {
      const { model, mm, vma } = oneProcess('x86', revision);
      const frame = write(model, vma, VPN, 1);
      quietly(model, () => getUserPages(model, mm, VPN, 1, PIN | WRITE));
      setFlag(model, frame, PAGE_FLAG.hwpoison, true);
      const done = run(model, () => forkMm(model, mm));
      return done.bug ?? done.value;
    };
    expect(outcome(R0)).toBe('machine-check');
    expect(outcome('v6.9')).toBe('machine-check');
    expect(outcome('v6.12')).toBe(ERRNO.ENOMEM);
  });
});
