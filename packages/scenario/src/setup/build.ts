import { type EntryForm, fail, type Kernel, ok, type Result } from '@pagewright/core';
import {
  Frame,
  type MachineRoom,
  type MemoryRange,
  MM_FLAG,
  Mm,
  Model,
  newMapping,
  newMm,
  newVma,
  placeOnDevice,
  standardMachine,
  type VmOps,
} from '@pagewright/mm';
import type { ObjectsFile, VmaFile } from '../format/definition.js';
import type { Scenario } from '../format/parse.js';
import type { Path } from '../format/read-file.js';
import { makePages, type PageFile, rangesApart } from './pages.js';
import { vmOpsOf } from './vm-ops.js';
import { readVmaFlags } from './vma-flags.js';
import { World } from './world.js';

/** Where VMAs lie that nobody placed, and how far apart at least, as page numbers. */
const FIRST_VPN = 0x10000;
const FILE_PAGES = 16;
const SPARE_PROCESSES = 8;

/** Number of pages that a PMD of a form maps; 1 without. */
function pmdPages(form: EntryForm): number {
  const pmd = form.geometry('pmd');
  return pmd === undefined || pmd.folded ? 1 : 2 ** (pmd.shift - form.definition.pageShift);
}

/**
 * The machine and the state that a scenario begins with. Code `bad-scenario` for what only shows on
 * a form: flags that it lacks, VMAs that overlap.
 *
 * @param room records that there is room for, where not as many as a file of this size is given
 */
export function build(
  scenario: Scenario,
  plain: EntryForm,
  kernel: Kernel,
  room: Partial<MachineRoom> = {},
): Result<World> {
  const { objects = {}, machine: { ram = 64, deposits = false } = {} } = scenario.file;
  const form = deposits ? depositing(plain) : plain;
  const vmas = Object.entries(objects.vmas ?? {});
  const pages = Object.entries(objects.pages ?? {});
  let world: World;
  const vmOps: VmOps[] = vmas.map(([name, vma]) =>
    vmOpsOf(name, vma, objects.files?.[vma.file ?? '']?.kind, () => world),
  );
  const memory: MemoryRange[] = rangesApart(pages, pmdPages(form));
  const processes = Object.keys(objects.processes ?? {}).length;
  const files = Object.values(objects.files ?? {});
  const machine = standardMachine({
    form,
    kernel,
    ramFrames: ram,
    memory,
    vmOps,
    capacities: {
      mm: processes + SPARE_PROCESSES,
      mapping: files.length + 1,
      cacheSlot: files.reduce((sum, { pages: size = FILE_PAGES }) => sum + size, 1),
      pgmap: pages.length + 1,
      table: 64 + 8 * vmas.length,
      reference: 1024,
      waiter: 16,
      ...room,
    },
  });
  world = new World(new Model(machine));
  makeProcesses(world, objects);
  makePages(world, pages as readonly (readonly [string, PageFile])[]);
  makeFiles(world, objects);
  const problem = makeVmas(scenario, world, vmas);
  return problem ?? ok(world);
}

/** The form of an architecture whose huge leaves of files keep a page table (arch_needs_pgtable_deposit()). */
const depositing = (form: EntryForm): EntryForm =>
  form.with({ supports: { ...form.definition.supports, pgtableDeposit: true } });

function makeProcesses({ model, names }: World, { processes = {} }: ObjectsFile): void {
  for (const [name, process] of Object.entries(processes)) {
    const mm = newMm(model);
    if (process?.['no zeropage'] === true) {
      model.state.set(Mm.flags, mm, MM_FLAG.forbidsZeropage);
    }
    names.set(name, { kind: 'process', mm });
  }
}

function makeFiles({ model, names }: World, { files = {} }: ObjectsFile): void {
  for (const [name, { kind, pages = FILE_PAGES, on }] of Object.entries(files)) {
    const mapping = newMapping(model, kind, pages);
    const device = on === undefined ? undefined : names.get(on);
    if (device?.kind === 'page') {
      // A DAX device hands out folios of the size that its memory was given.
      const order = kind === 'devdax' ? model.state.get(Frame.order, device.frame) : 0;
      placeOnDevice(model, mapping, model.state.ref(Frame.pgmap, device.frame), order);
    }
    names.set(name, { kind: 'file', mapping });
  }
}

function makeVmas(
  scenario: Scenario,
  world: World,
  vmas: readonly (readonly [string, VmaFile])[],
): Result<never> | undefined {
  const aligned = pmdPages(world.model.machine.form);
  let next = Math.ceil(FIRST_VPN / aligned) * aligned;
  for (const [i, [name, vma]] of vmas.entries()) {
    const path: Path = ['objects', 'vmas', name];
    const problem = (field: string, message: string) =>
      fail('bad-scenario', `${scenario.where([...path, field])}: ${message}`);
    const flags = readVmaFlags(vma.flags, world.model.machine.form.definition);
    if (!flags.ok) return problem('flags', flags.problem.message);
    const start = startOf(world, vma, next);
    const mm = processOf(world, vma);
    const end = start + vma.pages;
    if (overlaps(world, mm, start, end)) return problem('at', 'the VMA overlaps another');
    newVma(world.model, mm, {
      start,
      end,
      flags: flags.value,
      pgoff: pgoffOf(world, vma, start),
      ...(vma.ops === undefined && vma.file === undefined ? {} : { ops: i }),
      ...(vma.file === undefined ? {} : { mapping: world.get(vma.file, 'file').mapping }),
    });
    world.names.set(name, { kind: 'VMA', mm, start, pages: vma.pages });
    next = Math.max(next, (Math.floor(end / aligned) + 2) * aligned);
  }
  return undefined;
}

function startOf(world: World, { at }: VmaFile, next: number): number {
  if (typeof at === 'number') return at;
  if (at === undefined) return next;
  const { start, pages } = world.get(at.after, 'VMA');
  return start + pages;
}

function processOf(world: World, { process }: VmaFile): number {
  if (process !== undefined) return world.get(process, 'process').mm;
  for (const named of world.names.values()) if (named.kind === 'process') return named.mm;
  const mm = newMm(world.model);
  world.names.set('process', { kind: 'process', mm });
  return mm;
}

function pgoffOf(world: World, { pgoff, file }: VmaFile, start: number): number {
  if (typeof pgoff === 'string') return world.pfn(pgoff);
  return pgoff ?? (file === undefined ? start : 0);
}

function overlaps({ names }: World, mm: number, start: number, end: number): boolean {
  return [...names.values()].some(
    (named) =>
      named.kind === 'VMA' &&
      named.mm === mm &&
      start < named.start + named.pages &&
      named.start < end,
  );
}
