import { describe, expect, it } from 'vitest';
import { isAnonExclusive, isKsm } from '../src/frames/folio.js';
import { FOLL } from '../src/gup/flags.js';
import { getUserPages } from '../src/gup/get-user-pages.js';
import { ERRNO, Frame, Mm } from '../src/index.js';
import { ksmMerge, ksmMergeWith, ksmUnmerge } from '../src/rmap/ksm.js';
import { migrateFolio } from '../src/rmap/migrate-folio.js';
import { exitMm } from '../src/vma/exit.js';
import { ARCHITECTURES } from './machines.js';
import { entryOf, frameAt, oneProcess, PRIVATE, quietly, VPN, write } from './processes.js';

/** With VM_MERGEABLE. */
const flags = PRIVATE | (1n << 31n);

describe.each(ARCHITECTURES)('KSM on %s', (arch) => {
  /** Two pages with these contents, to be merged. */
  function pages(contents: readonly [number, number], revision = 'v6.18') {
    const { model, mm, vma } = oneProcess(arch, revision, { flags });
    const [first, second] = contents.map((content, i) => write(model, vma, VPN + i, content));
    const places = [
      { vma, vpn: VPN },
      { vma, vpn: VPN + 1 },
    ] as const;
    return { model, mm, vma, first: first as number, second: second as number, places };
  }

  it('makes one page of two that are equal, and two again on a write', () => {
    const { model, mm, vma, first, second, places } = pages([7, 7]);
    const { state, pte } = model;
    expect(quietly(model, () => ksmMerge(model, ...places))).toBe(0);
    expect(isKsm(model, first)).toBe(true);
    expect(frameAt(model, vma, VPN + 1)).toBe(first);
    expect([Frame.refcount, Frame.mapcount].map((field) => state.get(field, first))).toEqual([
      2, 2,
    ]);
    expect(state.get(Frame.refcount, second)).toBe(0);
    for (const { vpn } of places) expect(pte.is.write(entryOf(model, vma, vpn))).toBe(false);
    expect(isAnonExclusive(model, first)).toBe(false);
    expect(write(model, vma, VPN + 1, 8)).not.toBe(first);
    expect(state.get(Frame.mapcount, first)).toBe(1);
    expect(state.get(Mm.anonPages, mm)).toBe(2);
    expect(quietly(model, () => exitMm(model, mm))).toBeUndefined();
  });

  it('gives each its own again when merging is called off', () => {
    const { model, vma, first, places } = pages([7, 7]);
    quietly(model, () => ksmMerge(model, ...places));
    for (const place of places) quietly(model, () => ksmUnmerge(model, place));
    for (const { vpn } of places) {
      const frame = frameAt(model, vma, vpn);
      expect(isKsm(model, frame)).toBe(false);
      expect(isAnonExclusive(model, frame)).toBe(true);
      expect(model.state.get(Frame.content, frame)).toBe(7);
      expect(frame === first && isKsm(model, first)).toBe(false);
    }
  });

  it('leaves what differs, and what is pinned (SPEC 15.63)', () => {
    const differ = pages([7, 8]);
    expect(quietly(differ.model, () => ksmMerge(differ.model, ...differ.places))).toBe(
      ERRNO.EFAULT,
    );
    const { model, mm, vma, second, places } = pages([7, 7]);
    quietly(model, () => getUserPages(model, mm, VPN + 1, 1, FOLL.PIN | FOLL.WRITE));
    expect(quietly(model, () => ksmMerge(model, ...places))).toBe(ERRNO.EFAULT);
    expect(frameAt(model, vma, VPN + 1)).toBe(second);
    expect(isAnonExclusive(model, second)).toBe(true);
  });

  it('maps the zeropage for pages of zeros, marked and counted from 6.6 on', () => {
    for (const [revision, marked] of [
      ['v6.1', false],
      ['v6.18', true],
    ] as const) {
      const { model, mm, vma, first, places } = pages([0, 0], revision);
      const zero = model.machine.zeroFrames[0] as number;
      expect(quietly(model, () => ksmMergeWith(model, places[0], zero))).toBe(0);
      expect(model.pte.is.dirty(entryOf(model, vma, VPN))).toBe(marked);
      expect(model.state.get(Mm.ksmZeroPages, mm)).toBe(marked ? 1 : 0);
      expect(model.state.get(Mm.anonPages, mm)).toBe(1);
      expect(model.state.get(Frame.refcount, first)).toBe(0);
    }
  });

  it('is found by rmap walks: a KSM page can migrate', () => {
    const { model, vma, first, places } = pages([7, 7]);
    quietly(model, () => ksmMerge(model, ...places));
    const to = quietly(model, () => migrateFolio(model, first));
    expect(places.map(({ vpn }) => frameAt(model, vma, vpn))).toEqual([to, to]);
    expect(isKsm(model, to)).toBe(true);
    expect(model.state.get(Frame.refcount, to)).toBe(2);
  });
});
