import {
  any,
  both,
  either,
  type FormDefinition,
  type LeafCodec,
  type LevelGeometry,
  type MappingLevel,
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

/** Frame helpers of the levels that may map. */
export type Frames = Readonly<Record<MappingLevel, FrameHelpers>>;

/** Leaf codecs of the levels that decide about leaves. */
export function leafCodecs(
  shape: Shape,
  levels: readonly LevelGeometry[],
  frames: Frames,
): FormDefinition['leaves'] {
  const rights = permissions(shape);
  const codec = ({ pgprot, compose }: FrameHelpers): LeafCodec => ({
    attributes: pgprot,
    compose,
    permissions: rights,
  });
  const deciding = levels.filter((g) => g.mayMap).map((g) => g.decidedBy as keyof Frames);
  return Object.fromEntries(deciding.map((level) => [level, codec(frames[level])]));
}
