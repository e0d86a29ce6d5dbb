import {
  allocFolio,
  Frame,
  Global,
  type MemoryRange,
  type Model,
  makeFileSystem,
  newDeviceMemory,
  prepareFolio,
} from '@pagewright/mm';
import type { ObjectsFile } from '../format/definition.js';
import { PAGE_KINDS, type PageKind } from './page-kinds.js';
import { ScenarioStop, type World } from './world.js';

/** A page as the file declares it. */
export type PageFile = NonNullable<ObjectsFile['pages']>[string];

/** Where memory lies that is not ordinary RAM; far from it, and aligned for every PMD. */
const APART_PFN = 0x40000;

interface Declared {
  readonly kind: PageKind;
  readonly name: string;
  readonly order: number;
  readonly pages: number;
}

function declared(name: string, page: PageFile): Declared {
  const { kind, order = 0, pages = 1 } = typeof page === 'string' ? { kind: page } : page;
  return { kind: PAGE_KINDS[kind], name, order, pages: Math.max(pages, 2 ** order) };
}

/** Ranges of memory for the pages that lie apart, one each. */
export function rangesApart(
  pages: readonly (readonly [string, PageFile])[],
  alignment: number,
): MemoryRange[] {
  const ranges: MemoryRange[] = [];
  let firstPfn = APART_PFN;
  for (const [name, page] of pages) {
    const { kind, pages: frames } = declared(name, page);
    if (kind.from !== 'apart') continue;
    firstPfn = Math.ceil(firstPfn / alignment) * alignment;
    ranges.push({
      name,
      firstPfn,
      frames,
      purpose: 'device',
      ...(kind.zone === undefined ? {} : { zone: kind.zone }),
      ...(kind.memmap === undefined ? {} : { memmap: kind.memmap }),
      ...(kind.aboveHighest === undefined ? {} : { aboveHighest: kind.aboveHighest }),
    });
    firstPfn += frames;
  }
  return ranges;
}

/** Makes the pages of a scenario, in its order, and gives them their names. */
export function makePages(world: World, pages: readonly (readonly [string, PageFile])[]): void {
  const released: { frame: number; pages: number }[] = [];
  for (const [name, page] of pages) {
    const one = declared(name, page);
    const { model } = world;
    const first = firstPfn(model, one);
    const frame = model.machine.memory.frame(first);
    if (one.kind.from === 'huge-zero') makeHugeZero(model);
    if (one.kind.device !== undefined) makeDevice(model, one, page);
    else if (frame >= 0 && (one.kind.from === 'ram' || one.kind.from === 'apart')) {
      for (let at = frame; at < frame + one.pages; at += 2 ** one.order) dress(model, at, one);
    }
    if (page === 'free' || (typeof page === 'object' && page.kind === 'free')) {
      released.push({ frame, pages: one.pages });
    }
    world.names.set(name, { kind: 'page', pfn: first, frame, pages: one.pages });
  }
  for (const { frame, pages: count } of released) {
    for (let i = 0; i < count; i++) world.model.state.clear('frame', frame + i);
  }
}

/** Memory of a device, and the file system on it. */
function makeDevice(model: Model, { kind, name, order }: Declared, page: PageFile): void {
  const pgmap = newDeviceMemory(model, name, kind.device ?? 'fsdax', order);
  const fileSystem = typeof page === 'string' ? undefined : page['file system'];
  if (fileSystem !== undefined) makeFileSystem(model, pgmap, fileSystem);
}

function firstPfn(model: Model, { kind, name, order, pages }: Declared): number {
  const { memory } = model.machine;
  if (kind.from === 'zeropage') return memory.pfn(model.machine.zeroFrames[0] ?? -1);
  if (kind.from === 'huge-zero') {
    if (model.machine.hugeZeroFrame < 0) throw new ScenarioStop(`"${name}": no huge zero folio`);
    return memory.pfn(model.machine.hugeZeroFrame);
  }
  if (kind.from === 'apart') {
    const range = memory.ranges.find((each) => each.name === name);
    if (range === undefined) throw new Error(`no range ${name}`);
    return range.firstPfn;
  }
  // One run of folios: taken as one, then made into several.
  const whole = allocFolio(model, Math.ceil(Math.log2(Math.max(pages, 2 ** order))));
  if (whole < 0) throw new ScenarioStop(`"${name}": not enough RAM (machine: ram)`);
  for (let i = 0; i < pages; i++) model.state.clear('frame', whole + i);
  return memory.pfn(whole);
}

/** Makes a folio what its kind says. */
function dress(model: Model, frame: number, { kind, order }: Declared): void {
  const { state } = model;
  prepareFolio(model, frame, order);
  state.set(Frame.refcount, frame, kind.refcount ?? 1);
  state.set(Frame.owner, frame, kind.owner ?? 0);
  state.set(Frame.flags, frame, kind.flags ?? 0);
  state.set(Frame.type, frame, kind.type ?? 0);
}

/** get_huge_zero_folio(): one reference for the shrinker, one for who asked. */
function makeHugeZero(model: Model): void {
  const { state, machine } = model;
  const folio = machine.hugeZeroFrame;
  const pages = machine.memory.framesOf('huge-zero').length;
  prepareFolio(model, folio, Math.log2(pages));
  state.set(Frame.refcount, folio, 1);
  state.setRef(Global.hugeZero, 0, folio);
  state.set(Global.hugeZeroRefs, 0, 2);
}
