import { VM_WRITE, vmConstant } from '@pagewright/core';
import type { Kernel } from '../kernel.js';
import type { MappedArea } from '../vma/vmas.js';
import type { SmapsBehaviour } from './behaviour.js';
import { areaFields, type SmapsField, sizeFields } from './fields.js';
import { addSizes, noSizes } from './sizes.js';
import type { AreaSmaps } from './smaps.js';

/** Column at which the name of a mapping begins on machines of 64 bits (seq_setwidth()). */
const NAME_COLUMN = { 4: 25 + 4 * 6, 8: 25 + 8 * 6 } as const;
/** Columns up to the last digit of a number. */
const NUMBER_END = 24;

/** The first line of an area, as /proc/PID/maps has it. */
export interface AreaHeading {
  readonly start: bigint;
  readonly end: bigint;
  readonly permissions: string;
  readonly offset: bigint;
  readonly device: string;
  readonly inode: bigint;
  readonly name: string;
}

/** What identifies an area in /proc/PID/maps. */
export function areaHeading(area: MappedArea, { form }: Kernel): AreaHeading {
  const { start, end, flags, pgoff, file, name } = area;
  const has = (flag: string) => (flags & (vmConstant(form.definition, flag) ?? 0n)) !== 0n;
  const two = (number: number) => number.toString(16).padStart(2, '0');
  return {
    start,
    end,
    permissions: [
      has('VM_READ') ? 'r' : '-',
      (flags & VM_WRITE) !== 0n ? 'w' : '-',
      has('VM_EXEC') ? 'x' : '-',
      has('VM_MAYSHARE') ? 's' : 'p',
    ].join(''),
    offset:
      file === undefined ? 0n : BigInt.asUintN(64, pgoff << BigInt(form.definition.pageShift)),
    device: file === undefined ? '00:00' : `${two(file.device.major)}:${two(file.device.minor)}`,
    inode: file?.inode ?? 0n,
    name,
  };
}

/** An area as /proc/PID/smaps prints it, line by line (fs/proc/task_mmu.c, show_smap()). */
export function smapsLines(
  smaps: AreaSmaps,
  behaviour: SmapsBehaviour,
  kernel: Kernel,
): readonly string[] {
  return [
    headingLine(areaHeading(smaps.area, kernel), kernel),
    ...areaFields(smaps, behaviour).map((field) => fieldLine(field, behaviour)),
    `VmFlags: ${smaps.vmFlags.map((letters) => `${letters} `).join('')}`,
  ];
}

/** All areas in one, as /proc/PID/smaps_rollup prints them; nothing for a process without any. */
export function rollupLines(
  all: readonly AreaSmaps[],
  behaviour: SmapsBehaviour,
  kernel: Kernel,
): readonly string[] {
  const [first, last] = [all[0], all.at(-1)];
  if (first === undefined || last === undefined) return [];
  const heading = {
    start: first.area.start,
    end: last.area.end,
    permissions: '---p',
    offset: 0n,
    device: '00:00',
    inode: 0n,
    name: '[rollup]',
  };
  return [
    headingLine(heading, kernel),
    ...rollupFields(all, behaviour).map((field) => fieldLine(field, behaviour)),
  ];
}

/** The lines of a rollup: sizes of all areas, added up before they are rounded. */
export function rollupFields(
  all: readonly AreaSmaps[],
  behaviour: SmapsBehaviour,
): readonly SmapsField[] {
  const total = noSizes();
  for (const { sizes } of all) addSizes(total, sizes);
  return sizeFields(total, behaviour, true);
}

/** show_vma_header_prefix(). */
function headingLine(
  { start, end, permissions, offset, device, inode, name }: AreaHeading,
  { virtual }: Kernel,
): string {
  const eight = (value: bigint) => value.toString(16).padStart(8, '0');
  const facts = `${eight(start)}-${eight(end)} ${permissions} ${eight(offset)} ${device} ${inode} `;
  return name === '' ? facts : `${facts.padEnd(NAME_COLUMN[virtual.wordBytes])}${name}`;
}

function fieldLine({ name, value, unit }: SmapsField, behaviour: SmapsBehaviour): string {
  if (name === 'THPeligible' && !behaviour.alignsThpEligible) return `THPeligible:    ${value}`;
  const label = `${name}:`.padEnd(16);
  return `${label}${String(value).padStart(NUMBER_END - label.length)}${unit === 'KiB' ? ' kB' : ''}`;
}
