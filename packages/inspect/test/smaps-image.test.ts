import { virtAddr } from '@pagewright/core';
import { bytesSource, openDump } from '@pagewright/dump';
import { describe, expect, it } from 'vitest';
import { openKernel } from '../src/kernel.js';
import { addressSpace } from '../src/mm.js';
import { Smaps } from '../src/smaps/smaps.js';
import { openJudge } from '../src/stream-context.js';
import { AreaReader } from '../src/vma/vmas.js';
import { CONTAINERS } from './make-containers.js';
import { type ImageShape, MadeImage } from './make-image.js';
import { addProcess } from './make-process.js';

/** The smaps of the made process, area by area. */
function smapsOf(shape: ImageShape) {
  const image = new MadeImage(shape);
  const places = addProcess(image);
  const [bytes] = CONTAINERS.ELF(image);
  if (bytes === undefined) throw new Error('no image');
  const dump = openDump(bytesSource('made', bytes));
  if (!dump.ok) throw new Error(dump.problem.message);
  const kernel = openKernel(dump.value, { architectures: [image.machine.architecture] });
  if (!kernel.ok) throw new Error(kernel.problem.message);
  const judge = openJudge(kernel.value);
  if (!judge.ok) throw new Error(judge.problem.message);
  const space = addressSpace(kernel.value, virtAddr(image.address(places.mm)));
  if (!space.ok) throw new Error(space.problem.message);
  const areas = new AreaReader(kernel.value).areas(space.value);
  if (!areas.ok) throw new Error(areas.problem.message);
  const found = new Smaps(kernel.value, judge.value).areas(space.value, areas.value.areas);
  if (!found.ok) throw new Error(found.problem.message);
  return { page: image.pageBytes, areas: [...found.value] };
}

const SHAPES: readonly ImageShape[] = [
  { release: '5.15' },
  { release: '6.1' },
  { release: '6.12' },
  { release: '6.18' },
  { release: '7.2' },
  { machine: 's390x, 3 levels' },
];

describe('smaps of a made process', () => {
  it.each(SHAPES)('%o', (shape) => {
    const { page, areas } = smapsOf(shape);
    expect(areas).toHaveLength(2);
    const [anon, pfns] = areas as [(typeof areas)[0], (typeof areas)[0]];
    // A page alone; one of a folio that is mapped as a whole besides; the zeropage counts nothing.
    expect(anon.sizes).toMatchObject({
      rss: 2 * page,
      anonymous: 2 * page,
      sharedClean: page,
      sharedDirty: 0,
      pss: 1.5 * page * 4096,
      swap: page,
      swapPss: page * 4096,
    });
    expect(anon.sizes.privateClean + anon.sizes.privateDirty).toBe(page);
    // Nobody can tell who else has the swapped page: the image has no swap areas.
    expect(anon.uncounted?.entries).toBe(1);
    expect(anon).toMatchObject({ bytes: 8 * page, kernelPageBytes: page, thpEligible: false });
    expect(anon.vmFlags).toEqual(['rd', 'wr', 'mr', 'mw', 'me']);
    expect(pfns.sizes.rss).toBe(0);
    expect(pfns.vmFlags).toEqual(['mw', 'pf']);
    // A file of which the made types do not tell is no entry that was passed over.
    expect(pfns.uncounted?.entries ?? 0).toBe(0);
  });
});
