import { bits, VM_MAYWRITE, VM_SHARED, VM_WRITE, virtAddr } from '@pagewright/core';
import { describe, expect, test } from 'vitest';
import { GNTMAP, gntdevDevice, recordEntry } from '../src/index.js';
import { GRANTS, guestOf, must, PAGE, request, START, WRITABLE, words } from './guest.js';

const READ = 1n;
const SHARED_RW = READ | VM_WRITE | VM_SHARED | VM_MAYWRITE;
const SHARED_RO = READ | VM_SHARED;
const failing = (code: string) => ({ ok: false, problem: { code } });
const everything = { argument: true, refs: true, answer: true };

describe.each(['pv', 'hvm'] as const)('mmap in a %s guest', (domain) => {
  test('EINVAL: private and writable', () => {
    const { file, memory } = guestOf(domain);
    const offset = must(file.mapGrantRef(WRITABLE));
    const asked = request(READ | VM_WRITE | VM_MAYWRITE, 2, offset);
    expect(file.mmap(memory, asked)).toMatchObject(failing('EINVAL'));
  });

  test('EINVAL: other offset or size than the map has', () => {
    const { file, memory } = guestOf(domain);
    must(file.mapGrantRef(WRITABLE));
    expect(file.mmap(memory, request(SHARED_RW, 1))).toMatchObject(failing('EINVAL'));
    expect(file.mmap(memory, request(SHARED_RW, 2, PAGE))).toMatchObject(failing('EINVAL'));
    expect(file.mmap(memory, request(SHARED_RW, 2))).toMatchObject({ ok: true });
  });

  test('EINVAL: mmapped before, even when that has failed', () => {
    const { file, memory } = guestOf(domain);
    const offset = must(file.mapGrantRef(GRANTS));
    const first = file.mmap(memory, request(SHARED_RW, 3, offset));
    expect(first).toMatchObject({
      problem: { code: 'EINVAL', evidence: { refused: 1, first: 2 } },
    });
    const second = file.mmap(memory, request(SHARED_RO, 3, offset));
    expect(second).toMatchObject({
      problem: { code: 'EINVAL', message: expect.stringContaining('only once') },
    });
  });

  test('EINVAL: writable although the map was set up read-only', () => {
    const { file, memory } = guestOf(domain);
    const offset = must(file.mapGrantRef(WRITABLE));
    for (const map of file.visibleMaps) map.flags = GNTMAP.host_map | GNTMAP.readonly;
    expect(file.mmap(memory, request(SHARED_RW, 2, offset))).toMatchObject(failing('EINVAL'));
  });

  test('EINVAL: a grant that is not on offer; what was mapped goes back', () => {
    const { file, memory, grants } = guestOf(domain);
    const offset = must(file.mapGrantRef([...WRITABLE, { domid: 3, ref: 999 }]));
    expect(file.mmap(memory, request(SHARED_RW, 3, offset))).toMatchObject(failing('EINVAL'));
    expect(words(memory).filter((word) => word !== '0x0')).toEqual([]);
    file.release();
    expect(grants.mapped).toBe(0);
    expect(memory.notifiers.size).toBe(0);
  });

  test('read-only grants can be mapped read-only', () => {
    const { file, memory } = guestOf(domain);
    const offset = must(file.mapGrantRef(GRANTS.slice(2)));
    expect(file.mmap(memory, request(SHARED_RO, 1, offset))).toMatchObject({ ok: true });
  });
});

test('ENOMEM: no memory for page tables (PV)', () => {
  const { file, memory, grants } = guestOf('pv');
  const offset = must(file.mapGrantRef(WRITABLE));
  memory.tables = false;
  expect(file.mmap(memory, request(SHARED_RW, 2, offset))).toMatchObject(failing('ENOMEM'));
  expect(grants.mapped).toBe(0);
});

test('EBUSY: a page is mapped there already (HVM)', () => {
  const { file, memory } = guestOf('hvm');
  const offset = must(file.mapGrantRef(WRITABLE));
  memory.writeEntry(virtAddr(START + PAGE), bits(0x67n));
  expect(file.mmap(memory, request(SHARED_RW, 2, offset))).toMatchObject(failing('EBUSY'));
});

test('BUG: an address behind the map', () => {
  const { file, memory } = guestOf('pv');
  must(file.mapGrantRef(WRITABLE));
  const { map } = must(file.mmap(memory, request(SHARED_RW, 2)));
  expect(recordEntry(map, virtAddr(START + PAGE), 0x1000n, 12)).toEqual({ ok: true, value: 1 });
  const beyond = recordEntry(map, virtAddr(START + 2n * PAGE), 0x1000n, 12);
  expect(beyond).toMatchObject({ problem: { code: 'BUG', evidence: { index: 2, count: 2 } } });
});

describe('the driver keeps page numbers in an int', () => {
  const WRAP = 1n << 32n;
  const mapOf = (domain: 'pv' | 'hvm') => {
    const guest = guestOf(domain);
    must(guest.file.mapGrantRef(WRITABLE));
    return guest;
  };

  test('an offset 2^32 pages further is the same map', () => {
    const { file, memory } = mapOf('hvm');
    expect(must(file.mmap(memory, request(SHARED_RW, 2, WRAP * PAGE))).map.index).toBe(0);
    expect(file.unmapGrantRef(WRAP * PAGE, 2)).toMatchObject({ ok: true });
  });

  test('2^32 pages are taken for none, which any map fits', () => {
    const huge = request(SHARED_RW, 2 ** 32);
    const hvm = mapOf('hvm');
    expect(hvm.file.mmap(hvm.memory, huge)).toMatchObject(failing('ENXIO'));
    const pv = mapOf('pv');
    expect(pv.file.mmap(pv.memory, huge)).toMatchObject(failing('BUG'));
  });
});

describe('MAP_GRANT_REF', () => {
  test('EINVAL: no grant, or more than the limit', () => {
    const { file } = guestOf('pv', 'v7.2', 1);
    expect(file.mapGrantRef([])).toMatchObject(failing('EINVAL'));
    expect(file.mapGrantRef(WRITABLE)).toMatchObject(failing('EINVAL'));
    expect(file.mapGrantRef(WRITABLE.slice(1))).toEqual({ ok: true, value: 0n });
  });

  test('ENOMEM: no pages', () => {
    const many = Array.from({ length: 101 }, (_, ref) => ({ domid: 3, ref }));
    expect(guestOf('pv').file.mapGrantRef(many)).toMatchObject(failing('ENOMEM'));
  });

  test.each(['argument', 'refs', 'answer'] as const)('EFAULT: %s out of reach', (what) => {
    const { file } = guestOf('pv');
    const memory = { ...everything, [what]: false };
    expect(file.mapGrantRef(WRITABLE, memory)).toMatchObject(failing('EFAULT'));
  });

  test('a map whose offset cannot be told stays until close, up to 7.2', () => {
    const left = ['v6.12', 'v6.18-fixed', 'v7.2'].map((revision) => {
      const { file } = guestOf('pv', revision);
      file.mapGrantRef(WRITABLE, { ...everything, answer: false });
      return file.visibleMaps.length;
    });
    expect(left).toEqual([1, 1, 0]);
  });

  test('maps follow each other, and fill gaps that leave one page between', () => {
    const { file } = guestOf('hvm');
    const offsets = [2, 2, 1].map((count) => must(file.mapGrantRef(GRANTS.slice(0, count))));
    expect(offsets).toEqual([0n, 2n * PAGE, 4n * PAGE]);
    must(file.unmapGrantRef(2n * PAGE, 2));
    expect(must(file.mapGrantRef(GRANTS.slice(0, 2)))).toBe(5n * PAGE);
    expect(must(file.mapGrantRef(GRANTS.slice(0, 1)))).toBe(2n * PAGE);
  });
});

describe('UNMAP_GRANT_REF', () => {
  test('ENOENT: no such map; a count of 0 fits any', () => {
    const { file } = guestOf('pv');
    must(file.mapGrantRef(WRITABLE));
    expect(file.unmapGrantRef(PAGE, 2)).toMatchObject(failing('ENOENT'));
    expect(file.unmapGrantRef(0n, 1)).toMatchObject(failing('ENOENT'));
    expect(file.unmapGrantRef(0n, 0)).toMatchObject({ ok: true });
    expect(file.unmapGrantRef(0n, 0)).toMatchObject(failing('ENOENT'));
  });

  test('EFAULT: the request out of reach', () => {
    const { file } = guestOf('pv');
    const memory = { ...everything, argument: false };
    expect(file.unmapGrantRef(0n, 0, memory)).toMatchObject(failing('EFAULT'));
  });
});

describe('GET_OFFSET_FOR_VADDR', () => {
  test('tells offset and count of the map, also of one without a place in the file', () => {
    const { file, memory } = guestOf('pv');
    must(file.mapGrantRef(GRANTS));
    const offset = must(file.mapGrantRef(WRITABLE));
    const vma = must(file.mmap(memory, request(SHARED_RW, 2, offset)));
    expect(must(file.getOffsetForVaddr(vma))).toEqual({ offset: 3n * PAGE, count: 2 });
    must(file.unmapGrantRef(offset, 2));
    expect(must(file.getOffsetForVaddr(vma))).toEqual({ offset: 3n * PAGE, count: 2 });
    const unwritable = { ...everything, answer: false };
    expect(file.getOffsetForVaddr(vma, unwritable)).toMatchObject(failing('EFAULT'));
  });

  test('EINVAL: no VMA, or another one; EFAULT: the request out of reach', () => {
    const { file } = guestOf('pv');
    const other = { ...request(SHARED_RW, 1), ops: null };
    expect(file.getOffsetForVaddr(undefined)).toMatchObject(failing('EINVAL'));
    expect(file.getOffsetForVaddr(other)).toMatchObject(failing('EINVAL'));
    const memory = { ...everything, argument: false };
    expect(file.getOffsetForVaddr(other, memory)).toMatchObject(failing('EFAULT'));
  });
});

test('ENODEV: a PV guest needs a special mark', () => {
  const { file } = guestOf('hvm');
  const { form } = file.device;
  const levels = form.levels.map((geometry) => ({ ...geometry, hasSpecial: false }));
  const parts = { ...file.device, form: form.with({ levels }) };
  expect(gntdevDevice({ ...parts, domain: 'pv' })).toMatchObject(failing('ENODEV'));
  expect(gntdevDevice({ ...parts, domain: 'hvm' })).toMatchObject({ ok: true });
});
