import type { PhysicalMemory } from '@pagewright/core';
import { physAddr } from '@pagewright/core';
import fc from 'fast-check';

/** Pages of a machine, by frame; `'excluded'` where a dump leaves one out. */
export type MadeMemory = ReadonlyMap<number, Uint8Array | 'excluded'>;

/** A page with something of everything: text, numbers, a run. */
export function madePage(seed: number, size = 4096): Uint8Array {
  const page = new Uint8Array(size);
  let state = (seed * 2654435761) >>> 0;
  const noise = seed % 4 === 0 ? size : seed % 4 === 1 ? 0 : size >> 1;
  for (let i = 0; i < noise; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    // Every other kind of page repeats itself, so that compressing it finds matches.
    page[i] = seed % 4 === 2 ? 97 + ((state >>> 28) & 3) : state >>> 24;
  }
  return page.fill(seed & 0xff, noise);
}

/** Some pages among `frames` frames, some of them excluded. */
export const memories = (frames: number, size = 4096): fc.Arbitrary<MadeMemory> =>
  fc
    .array(fc.tuple(fc.nat(frames - 1), fc.nat(60), fc.nat(3)), { minLength: 1, maxLength: 10 })
    .map(
      (pages) =>
        new Map(
          pages.map(([frame, seed, left]) => [
            frame,
            left === 0 ? 'excluded' : madePage(seed, size),
          ]),
        ),
    );

/** The bytes read, or the code of the problem. */
export function bytesOrCode(memory: PhysicalMemory, address: bigint, length: number): string {
  const found = memory.read(physAddr(address), length);
  return found.ok ? Buffer.from(found.value).toString('hex') : found.problem.code;
}

/** What reading a frame of a made memory must answer. */
export function expectedPage(made: MadeMemory, frame: number): string {
  const page = made.get(frame);
  if (page === undefined) return 'not-in-dump';
  return page === 'excluded' ? 'excluded' : Buffer.from(page).toString('hex');
}
