import {
  type EntryForm,
  type Kernel,
  type MappingLevel,
  VM_MAYWRITE,
  VM_SHARED,
  VM_WRITE,
} from '@pagewright/core';
import { newDeviceMemory, placeOnDevice } from '../dax/device.js';
import { FSDAX_OPS } from '../dax/file-ops.js';
import { newMapping } from '../files/new-mapping.js';
import { allocFolio } from '../frames/allocate.js';
import { mmGetHugeZeroFolio } from '../huge/huge-zero.js';
import { standardMachine } from '../machine/standard.js';
import { Model } from '../model.js';
import { levelNumber } from '../tables/tables.js';
import { newMm, newVma } from '../vma/address-space.js';

/** Where insertions happen: a model with frames to insert, and the place for it. */
export interface Ground {
  readonly model: Model;
  readonly mm: number;
  /** First page of the VMAs, aligned to what the largest entry maps. */
  readonly vpn: number;
  /** Pages that an entry of the level maps. */
  readonly pages: number;
  /** The page or folio that is inserted, and its pfn; that of another, with or without struct page. */
  readonly page: number;
  readonly pfn: number;
  readonly otherPfn: number;
  /** A file of holes on a DAX device. */
  readonly daxFile: number;
}

/** Readable and writable, shared. */
const SHARED_RIGHTS = 0x1n | VM_WRITE | 0x10n | VM_MAYWRITE | VM_SHARED | 0x80n;

/** The levels that the form maps folios or raw frames at by an entry. */
export function insertionLevels({ definition }: EntryForm): readonly MappingLevel[] {
  const { transparentHugepage, pudTransparentHugepage } = definition.supports;
  return [
    'pte',
    ...(transparentHugepage ? (['pmd'] as const) : []),
    ...(pudTransparentHugepage ? (['pud'] as const) : []),
  ];
}

/** Frames of a form's level and a process to insert them into. */
export function newGround(form: EntryForm, kernel: Kernel, level: MappingLevel): Ground {
  const pagesAt = (at: MappingLevel): number => {
    const geometry = form.geometry(at);
    return geometry === undefined || geometry.folded
      ? 1
      : 2 ** (geometry.shift - form.definition.pageShift);
  };
  const pages = pagesAt(level);
  const file = pagesAt('pmd');
  // High enough to be clear of the standard ranges, and aligned to any entry.
  const firstPfn = Math.max(pages, file) * Math.ceil(0x100000 / Math.max(pages, file));
  const machine = standardMachine({
    form,
    kernel,
    vmOps: [FSDAX_OPS],
    memory: [
      { name: 'pages', purpose: 'own', firstPfn, frames: pages },
      {
        name: 'pmem',
        purpose: 'device',
        zone: 'device',
        firstPfn: firstPfn + 2 * Math.max(pages, file),
        frames: 2,
      },
    ],
    capacities: { cacheSlot: file, table: 16 },
  });
  const model = new Model(machine);
  const [page = 0] = machine.memory.framesOf('pages');
  allocFolio(model, Math.log2(pages), page);
  const mm = newMm(model);
  if (levelNumber(model, 'pmd') > 0 && machine.hugeZeroFrame >= 0) mmGetHugeZeroFolio(model, mm);
  const daxFile = newMapping(model, 'fsdax', file);
  placeOnDevice(model, daxFile, newDeviceMemory(model, 'pmem', 'fsdax'));
  return {
    model,
    mm,
    vpn: Math.max(pages, file),
    pages,
    page,
    pfn: firstPfn,
    otherPfn: firstPfn + pages,
    daxFile,
  };
}

/** A VMA of one entry in the ground, with flags beside its rights. */
export function groundVma(ground: Ground, flags: bigint, onDax: boolean): number {
  const { model, mm, vpn, pages, daxFile } = ground;
  const file = onDax ? { ops: 0, mapping: daxFile, pgoff: 0 } : {};
  return newVma(model, mm, { start: vpn, end: vpn + pages, flags: SHARED_RIGHTS | flags, ...file });
}
