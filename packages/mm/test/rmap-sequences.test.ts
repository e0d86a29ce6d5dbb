import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { forkMm } from '../src/fork/fork.js';
import { folioOf } from '../src/frames/folio.js';
import { FOLL } from '../src/gup/flags.js';
import { getUserPages } from '../src/gup/get-user-pages.js';
import { putReference, referenceAt } from '../src/gup/reference.js';
import {
  Frame,
  type MemoryRange,
  type Model,
  PGMAP_TYPE,
  Pgmap,
  run,
  type StandardMachine,
} from '../src/index.js';
import { checkInvariants } from '../src/invariants/check.js';
import { mprotect } from '../src/mprotect/mprotect.js';
import { migrateToDevice, migrateToRam } from '../src/rmap/device-private.js';
import { ksmMerge, ksmUnmerge } from '../src/rmap/ksm.js';
import { makeDeviceExclusive } from '../src/rmap/make-device-exclusive.js';
import { migrateFolio } from '../src/rmap/migrate-folio.js';
import { reclaimFolio } from '../src/rmap/reclaim.js';
import { folioReferenced } from '../src/rmap/referenced.js';
import { exitMm } from '../src/vma/exit.js';
import { munmap } from '../src/vma/munmap.js';
import { vmaAt } from '../src/vma/vma.js';
import { entryOf, oneProcess, PAGES, PRIVATE, VPN } from './processes.js';

const DEVICE: MemoryRange = { name: 'device', firstPfn: 0x80000, frames: 3, purpose: 'device' };
/** With VM_MERGEABLE. */
const FLAGS = PRIVATE | (1n << 31n);
const READ = 0x1n;
const READ_WRITE = 0x3n;

/** Few contents, so that pages are often equal. */
const CONTENTS = 2;
const MOST_PROCESSES = 4;

interface Place {
  readonly mm: number;
  readonly vma: number;
  readonly vpn: number;
}

/** One step at a place; `other` picks a second page, a content, a right. */
type Step = (model: Model, at: Place, other: number, living: number[]) => void;

/** Frame of the page at a place, present or on a device; -1 for none. */
function frameOf(model: Model, { vma, vpn }: Place): number {
  const { pte, machine } = model;
  const entry = entryOf(model, vma, vpn);
  if (pte.is.present(entry)) {
    const frame = machine.memory.frame(pte.pfn(entry));
    return machine.zeroFrames.includes(frame) ? -1 : folioOf(model, frame);
  }
  if (entry === 0) return -1;
  const { what, pfn } = pte.absent(entry);
  return what.startsWith('device') ? machine.memory.frame(Number(pfn)) : -1;
}

const onPage =
  (work: (model: Model, frame: number) => void): Step =>
  (model, at) => {
    const frame = frameOf(model, at);
    if (frame >= 0) work(model, frame);
  };

const isOfDevice = ({ state }: Model, frame: number): boolean => state.ref(Frame.pgmap, frame) >= 0;

const STEPS: Readonly<Record<string, Step>> = {
  write: (model, at, other) => {
    handleMmFault(model, at.vma, at.vpn, FAULT_FLAG.USER | FAULT_FLAG.WRITE);
    const frame = frameOf(model, at);
    if (frame >= 0 && model.pte.is.write(entryOf(model, at.vma, at.vpn))) {
      model.state.set(Frame.content, frame, 1 + (other % CONTENTS));
    }
  },
  read: (model, at) => {
    handleMmFault(model, at.vma, at.vpn, FAULT_FLAG.USER);
  },
  fork: (model, { mm }, _, living) => {
    if (living.length < MOST_PROCESSES) living.push(forkMm(model, mm));
  },
  exit: (model, { mm }, _, living) => {
    if (living.length === 1) return;
    living.splice(living.indexOf(mm), 1);
    exitMm(model, mm);
  },
  unmap: (model, { mm, vpn }, other) => {
    // The first page stays, so that every process keeps a VMA.
    if (vpn > VPN && other % 4 === 0) munmap(model, mm, vpn, 1);
  },
  protect: (model, { mm, vpn }, other) => {
    mprotect(model, mm, vpn, 1, other % 2 === 0 ? READ : READ_WRITE);
  },
  migrate: onPage((model, frame) => {
    if (!isOfDevice(model, frame)) migrateFolio(model, frame);
  }),
  reclaim: onPage((model, frame) => {
    if (!isOfDevice(model, frame)) reclaimFolio(model, frame, true);
  }),
  age: onPage((model, frame) => {
    folioReferenced(model, frame, false);
  }),
  merge: (model, at, other) => {
    const vpn = VPN + (other % PAGES);
    const vma = vmaAt(model, at.mm, vpn);
    if (vma >= 0 && vpn !== at.vpn) ksmMerge(model, at, { vma, vpn });
  },
  unmerge: (model, at) => {
    ksmUnmerge(model, at);
  },
  toDevice: onPage((model, frame) => {
    const { memory } = model.machine;
    const free = memory.framesOf('device').find((f) => model.state.get(Frame.refcount, f) === 0);
    if (free !== undefined && !isOfDevice(model, frame)) migrateToDevice(model, frame, free);
  }),
  fromDevice: onPage((model, frame) => {
    if (isOfDevice(model, frame)) migrateToRam(model, frame);
  }),
  exclusive: (model, at) => {
    makeDeviceExclusive(model, at.vma, at.vpn);
  },
  pin: (model, { mm, vpn }, other) => {
    if (referenceAt(model, mm, vpn) < 0) {
      getUserPages(model, mm, vpn, 1, FOLL.PIN | (other % 2 === 0 ? FOLL.WRITE : 0));
    }
  },
  unpin: (model, { mm, vpn }) => {
    const reference = referenceAt(model, mm, vpn);
    if (reference >= 0) putReference(model, reference);
  },
};

/** A machine with a device, one process on it. */
function begin(arch: string, revision: string) {
  const parts: Partial<StandardMachine> = { memory: [DEVICE], ramFrames: 128 };
  const { model, mm } = oneProcess(arch, revision, { flags: FLAGS, ...parts });
  const pgmap = model.state.take('pgmap', Pgmap.used);
  model.state.set(Pgmap.type, pgmap, PGMAP_TYPE.private);
  for (const frame of model.machine.memory.framesOf('device')) {
    model.state.setRef(Frame.pgmap, frame, pgmap);
  }
  return { model, living: [mm] };
}

const step = fc.record({
  what: fc.constantFrom(...Object.keys(STEPS)),
  who: fc.nat(MOST_PROCESSES - 1),
  page: fc.nat(PAGES - 1),
  other: fc.nat(15),
});

describe.each(['v6.12', 'v6.17', 'v6.18', 'v7.2'])('in %s', (revision) => {
  it.each(['x86', 'arm64'])('no sequence of rmap operations breaks an invariant on %s', (arch) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { model, living } = begin(arch, revision);
        for (const { what, who, page, other } of steps) {
          const mm = living[who % living.length] as number;
          const vpn = VPN + page;
          const vma = vmaAt(model, mm, vpn);
          if (vma < 0) continue;
          const done = run(model, () => STEPS[what]?.(model, { mm, vma, vpn }, other, living));
          const said = done.events.filter(({ kind }) => kind !== 'note');
          expect({ what, said }).toEqual({ what, said: [] });
          expect({ what, broken: checkInvariants(model) }).toEqual({ what, broken: [] });
        }
      }),
      { numRuns: 60 },
    );
  });
});
