import {
  any,
  both,
  either,
  type LeafCodec,
  type Level,
  noneOf,
  type Permissions,
} from '@pagewright/core';
import type { FrameHelpers } from './address.js';
import type { Shape } from './shape.js';

/** Rights that a leaf gives. An entry that is not valid (PROT_NONE) gives none. */
function permissions({ m }: Shape): Permissions {
  const valid = any(m('PTE_VALID'));
  const user = any(m('PTE_USER'));
  const userExecutes = noneOf(m('PTE_UXN'));
  const kernelOnly = both(noneOf(m('PTE_USER')), any(m('PTE_UXN')));
  return {
    // Without PTE_USER and PTE_UXN a page is execute-only for user.
    read: both(valid, either(user, kernelOnly)),
    write: both(valid, either(any(m('PTE_WRITE')), noneOf(m('PTE_RDONLY')))),
    execute: both(valid, either(userExecutes, both(kernelOnly, noneOf(m('PTE_PXN'))))),
    user: both(valid, either(user, userExecutes)),
  };
}

/** Leaf codecs of the levels that may map memory. */
export function leafCodecs(
  shape: Shape,
  frames: Readonly<Partial<Record<Level, FrameHelpers>>>,
): Readonly<Partial<Record<Level, LeafCodec>>> {
  const rights = permissions(shape);
  return Object.fromEntries(
    Object.entries(frames).map(([level, { pgprot, compose }]) => [
      level,
      { attributes: pgprot, compose, permissions: rights },
    ]),
  );
}
