import type { Model } from '../model.js';

/** Flags of a pfn_t (include/linux/pfn_t.h), by the model's own numbers. */
export const PFN_FLAG = { dev: 1, map: 2, special: 4 } as const;

const DEVMAP = PFN_FLAG.dev | PFN_FLAG.map;

/** pfn_t_devmap(): device memory with struct pages; nobody asks once devmap entries are gone. */
export const isDevmapPfn = (model: Model, pfnFlags: number): boolean =>
  (pfnFlags & DEVMAP) === DEVMAP &&
  model.machine.form.definition.supports.devmap &&
  !model.has('pxx-devmap-removed');

/** pfn_t_special(): a frame that asked for a special entry; false once pfn_t is gone. */
export const isSpecialPfn = (model: Model, pfnFlags: number): boolean =>
  (pfnFlags & PFN_FLAG.special) !== 0 &&
  model.config.ARCH_HAS_PTE_SPECIAL &&
  !model.has('pfn-t-removed');
