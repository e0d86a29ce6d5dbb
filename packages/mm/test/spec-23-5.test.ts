/** SPEC 23.5: what each state of the zeropage series answers for the zeropage, door by door. */
import { VM_IO, VM_MAYWRITE, VM_MIXEDMAP, VM_SHARED, VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { newMapping } from '../src/files/new-mapping.js';
import { MM_FLAG } from '../src/frames/page-flags.js';
import {
  Frame,
  MMAP_LOCK,
  Mm,
  Model,
  newMm,
  newVma,
  run,
  VM_FAULT,
  vmfInsertMixed,
  vmfInsertMixedMkwrite,
  vmInsertPage,
} from '../src/index.js';
import { vmNormalPage } from '../src/normal-page.js';
import { entryAt } from '../src/tables/tables.js';
import { machineOf } from './machines.js';

const VPN = 0x1000;
/** VM_READ, and VM_SOFTDIRTY as new mappings have it: writes need not be noticed for that. */
const READABLE = 0x8000001n;
const VM_MAYSHARE = 0x80n;
const WRITABLE = VM_WRITE | VM_MAYWRITE;
const SHARED = WRITABLE | VM_SHARED | VM_MAYSHARE;
const PLAIN = 0;
const NOTIFIED = 1;

interface Kind {
  readonly flags: bigint;
  readonly ops?: number;
  readonly file?: 'fsdax' | 'device';
  readonly forbids?: true;
}
const KINDS: Readonly<Record<string, Kind>> = {
  private: { flags: WRITABLE },
  'never writable': { flags: VM_MAYSHARE },
  'private, never writable': { flags: 0n },
  'fsdax with pfn_mkwrite': { flags: SHARED, ops: NOTIFIED, file: 'fsdax' },
  'VM_IO with pfn_mkwrite': { flags: SHARED | VM_IO, ops: NOTIFIED },
  'pfn_mkwrite alone': { flags: SHARED, ops: NOTIFIED },
  'shared, writable': { flags: SHARED },
  'private, forbidden to the process': { flags: WRITABLE, forbids: true },
};

const DOORS = {
  vm_insert_page: vmInsertPage,
  vmf_insert_mixed: vmfInsertMixed,
  vmf_insert_mixed_mkwrite: vmfInsertMixedMkwrite,
} as const;

/** Puts a page through a door; what is answered and left, in words. */
function through(
  revision: string,
  arch: string,
  door: keyof typeof DOORS,
  kind: Kind,
  page: 'zeropage' | 'driver' = 'zeropage',
): string {
  const vmOps = [{ name: 'plain' }, { name: 'notified', pfnMkwrite: () => 0 }];
  const model = new Model(machineOf(arch, revision, { vmOps }));
  const { state, machine } = model;
  const mm = newMm(model);
  state.set(Mm.mmapLock, mm, MMAP_LOCK.write);
  if (kind.forbids) state.set(Mm.flags, mm, MM_FLAG.forbidsZeropage);
  const mapping = newMapping(model, kind.file ?? 'device', 16);
  const vma = newVma(model, mm, {
    start: VPN,
    end: VPN + 16,
    flags: READABLE | kind.flags,
    ops: kind.ops ?? PLAIN,
    mapping,
  });
  const zero = machine.zeroFrames[0] as number;
  const frame = page === 'zeropage' ? zero : (machine.memory.framesOf('RAM')[0] as number);
  state.set(Frame.refcount, frame, 1);
  const subject = door === 'vm_insert_page' ? frame : machine.memory.pfn(frame);
  const outcome = run(model, () => DOORS[door](model, vma, VPN, subject));
  if (outcome.bug !== undefined) return 'BUG';
  const entry = entryAt(model, mm, VPN, 'pte');
  if (entry === 0) return outcome.value === VM_FAULT.SIGBUS ? 'SIGBUS' : `${outcome.value}`;
  const words = [
    outcome.value === VM_FAULT.NOPAGE ? 'NOPAGE' : `${outcome.value}`,
    ...(state.get(Mm.filePages, mm) === 1 ? ['counted'] : []),
    ...(state.get(Frame.refcount, frame) === 2 ? [] : ['no reference']),
    ...(model.pte.is.special(entry) ? ['special'] : []),
    ...(model.pte.is.write(entry) ? ['writable'] : []),
    vmNormalPage(model, 'pte', vma, VPN, entry) < 0 ? 'no page' : 'page',
  ];
  return words.join(', ');
}

const BASES = ['zeropage-v1/0', 'zeropage-v2/0', 'zeropage-v2/1'];
const V1 = ['zeropage-v1/1', 'zeropage-v1/2'];
const V2 = ['zeropage-v2/2', 'zeropage-v2/3', 'v6.12'];

const COUNTED = '0, counted, page';
const SPECIAL = '0, no reference, special, no page';
const EINVAL = '-22';
const MIXED = 'NOPAGE, no reference, special, no page';

/** Rows: kind of VMA; vm_insert_page before, v1, v2; vmf_insert_mixed before, v1, v2. */
const ROWS: readonly (readonly [string, string, string, string, string, string, string])[] = [
  ['private', COUNTED, SPECIAL, SPECIAL, MIXED, MIXED, MIXED],
  ['never writable', COUNTED, EINVAL, SPECIAL, MIXED, 'SIGBUS', MIXED],
  ['private, never writable', COUNTED, EINVAL, SPECIAL, MIXED, 'SIGBUS', MIXED],
  ['fsdax with pfn_mkwrite', COUNTED, SPECIAL, SPECIAL, MIXED, MIXED, MIXED],
  ['VM_IO with pfn_mkwrite', COUNTED, SPECIAL, SPECIAL, MIXED, MIXED, MIXED],
  ['pfn_mkwrite alone', COUNTED, EINVAL, EINVAL, MIXED, 'SIGBUS', 'SIGBUS'],
  [
    'shared, writable',
    '0, counted, writable, page',
    EINVAL,
    EINVAL,
    'NOPAGE, no reference, special, writable, no page',
    'SIGBUS',
    'SIGBUS',
  ],
  ['private, forbidden to the process', COUNTED, EINVAL, EINVAL, MIXED, 'SIGBUS', 'SIGBUS'],
];

describe.each(ROWS)('the zeropage in a VMA: %s', (name, ...answers) => {
  const kind = KINDS[name] as Kind;
  const [pageBefore, pageV1, pageV2, mixedBefore, mixedV1, mixedV2] = answers;

  it.each([
    ...BASES.map((id) => [id, pageBefore, mixedBefore] as const),
    ...V1.map((id) => [id, pageV1, mixedV1] as const),
    ...V2.map((id) => [id, pageV2, mixedV2] as const),
  ])('%s', (revision, page, mixed) => {
    expect(through(revision, 'x86', 'vm_insert_page', kind)).toBe(page);
    expect(through(revision, 'x86', 'vmf_insert_mixed', kind)).toBe(mixed);
  });

  it('is never for writing from the patch on', () => {
    for (const revision of [...V1, ...V2]) {
      expect(through(revision, 'x86', 'vmf_insert_mixed_mkwrite', kind)).toBe('SIGBUS');
    }
  });
});

describe('the zeropage where no special bit exists', () => {
  const counted = 'NOPAGE, counted';
  const uncounted = 'NOPAGE, no reference, no page';

  it.each([
    ['private', uncounted, uncounted],
    ['never writable', 'SIGBUS', uncounted],
    ['shared, writable', 'SIGBUS', 'SIGBUS'],
  ])('%s', (name, v1, v2) => {
    const kind = KINDS[name] as Kind;
    const door = 'vmf_insert_mixed';
    for (const id of BASES) expect(through(id, 'um', door, kind)).toContain(counted);
    for (const id of V1) expect(through(id, 'um', door, kind)).toBe(v1);
    for (const id of V2) expect(through(id, 'um', door, kind)).toBe(v2);
  });

  it('is a page among mixed ones before, and none after', () => {
    const kind = { flags: WRITABLE | VM_MIXEDMAP };
    for (const id of BASES) expect(through(id, 'um', 'vm_insert_page', kind)).toBe(COUNTED);
    for (const id of [...V1, ...V2]) {
      expect(through(id, 'um', 'vm_insert_page', kind)).toBe('0, no reference, no page');
    }
  });
});

describe('other pages', () => {
  it('vmf_insert_mixed() of what the VMA may not hold is a BUG before, and SIGBUS after', () => {
    const kind = { flags: SHARED };
    for (const id of BASES) {
      expect(through(id, 'x86', 'vmf_insert_mixed', kind, 'driver')).toBe('BUG');
    }
    for (const id of [...V1, ...V2]) {
      expect(through(id, 'x86', 'vmf_insert_mixed', kind, 'driver')).toBe('SIGBUS');
    }
  });

  it('mkwrite makes the zeropage writable before, where the VMA is', () => {
    for (const id of BASES) {
      expect(through(id, 'x86', 'vmf_insert_mixed_mkwrite', { flags: SHARED })).toBe(
        'NOPAGE, no reference, special, writable, no page',
      );
    }
  });
});
