import {
  checkedAddress,
  type EntryForm,
  FRAME_KINDS,
  type FrameKind,
  type Frames,
  fail,
  frameOfKind,
  hex,
  isFrameKind,
  type MappedEntry,
  type MappingLevel,
  ok,
  type Pfn,
  parseVmFlags,
  pfn,
  type Result,
  type VirtAddr,
  VM_MAYWRITE,
  VM_WRITE,
  type Vma,
  virtAddr,
} from '@pagewright/core';
import { parseOptionalNumber } from '../input/numbers.js';

/** What the command line says about the place of an entry. */
export interface PlaceOptions {
  readonly vma: string;
  readonly at?: string;
  readonly start?: string;
  readonly pgoff?: string;
  readonly frame?: string;
  readonly highestPfn?: string;
  readonly hook?: string;
}

/** The place read, as far as it does not depend on a form; what was not said is undefined. */
export interface Place {
  readonly vma: string;
  readonly at: bigint | undefined;
  readonly start: bigint | undefined;
  readonly pgoff: bigint | undefined;
  readonly frame: FrameKind | undefined;
  readonly highestPfn: bigint | undefined;
  readonly hook: Hook;
}

/** What a `find_normal_page()` of the VMA answers; `none`: there is no such hook. */
type Hook = (typeof HOOKS)[number];
/** Values of `--hook`. */
export const HOOKS = ['none', 'null', 'page'] as const;

/** Where a VMA is taken to begin when nothing is said: aligned for a leaf of any level. */
const ASSUMED_START = 1n << 30n;
/** The frame that is assumed: nothing about it is out of the ordinary. */
const ASSUMED_FRAME: FrameKind = 'file';

/** Reads the options; codes `bad-number`, `unknown-frame`, `unknown-hook`. */
export function readPlace(options: PlaceOptions): Result<Place> {
  const at = parseOptionalNumber(options.at, '--at');
  if (!at.ok) return at;
  const start = parseOptionalNumber(options.start, '--start');
  if (!start.ok) return start;
  const pgoff = parseOptionalNumber(options.pgoff, '--pgoff');
  if (!pgoff.ok) return pgoff;
  const highestPfn = parseOptionalNumber(options.highestPfn, '--highest-pfn');
  if (!highestPfn.ok) return highestPfn;
  const { frame, vma } = options;
  if (frame !== undefined && !isFrameKind(frame)) {
    const known = Object.keys(FRAME_KINDS).join(', ');
    return fail('unknown-frame', `unknown frame kind "${frame.slice(0, 40)}"; known: ${known}`);
  }
  const hook = HOOKS.find((each) => each === (options.hook ?? 'none'));
  if (hook === undefined) {
    const shown = options.hook?.slice(0, 40);
    return fail('unknown-hook', `unknown hook "${shown}"; known: ${HOOKS.join(', ')}`);
  }
  return ok({
    vma,
    at: at.value,
    start: start.value,
    pgoff: pgoff.value,
    frame,
    highestPfn: highestPfn.value,
    hook,
  });
}

/** VMA, address and memory map of a question, with a sentence for each thing that was assumed. */
export interface Surroundings {
  readonly vma: Vma;
  readonly addr: VirtAddr;
  readonly frames: Frames;
  readonly assumed: readonly string[];
}

/** Completes a place for an entry; codes of `parseVmFlags` and `checkedAddress`, `bad-place`. */
export function surround(
  form: EntryForm,
  level: MappingLevel,
  entry: MappedEntry,
  place: Place,
): Result<Surroundings> {
  const flags = parseVmFlags(place.vma, form.definition);
  if (!flags.ok) return flags;
  const bytes = 1n << BigInt(form.geometry(level)?.shift ?? form.definition.pageShift);
  const aligned = (address: bigint): bigint => address - (address % bytes);
  const start = place.start ?? (place.at === undefined ? ASSUMED_START : aligned(place.at));
  const addr = aligned(place.at ?? start);
  const checked = checkedAddress(form, place.at ?? start);
  if (!checked.ok) return checked;
  if (addr < start) {
    const message = `the ${level} entry at ${hex(addr)} begins before the VMA does (--start ${hex(start)})`;
    return fail('bad-place', message, { addr, start });
  }
  const vma: Vma = {
    start: virtAddr(start),
    // Behind the last page of 64 bits of addresses lies 0, in the kernel as here.
    end: virtAddr(BigInt.asUintN(64, addr + bytes)),
    flags: flags.value.flags,
    pgoff: place.pgoff ?? 0n,
    ops: place.hook === 'none' ? {} : { findNormalPage: () => hookAnswer(place.hook, entry.pfn) },
  };
  const { frames, kind } = framesOf(place, entry.pfn);
  return ok({
    vma,
    addr: virtAddr(addr),
    frames,
    assumed: [
      ...flagAssumptions(flags.value),
      ...(place.frame === undefined ? [`the frame is of kind ${kind}: ${FRAME_KINDS[kind]}`] : []),
      ...(place.highestPfn === undefined
        ? [`highest_memmap_pfn is ${hex(frames.highest)} (--highest-pfn)`]
        : []),
      ...(place.start === undefined ? [`the VMA begins at ${hex(start)} (--start)`] : []),
      ...(place.at === undefined ? [`the entry is at address ${hex(addr)} (--at)`] : []),
      ...(place.pgoff === undefined ? ['vm_pgoff is 0 (--pgoff)'] : []),
    ],
  });
}

const hookAnswer = (hook: Hook, page: Pfn): Pfn | null => (hook === 'page' ? page : null);

/** Without a kind, a frame above the bound that was given is beyond memory, else an ordinary one. */
function framesOf(place: Place, at: Pfn): { frames: Frames; kind: FrameKind } {
  const above = place.highestPfn !== undefined && at > place.highestPfn;
  const kind = place.frame ?? (above ? 'beyond' : ASSUMED_FRAME);
  const frames = frameOfKind(kind, at);
  return place.highestPfn === undefined
    ? { frames, kind }
    : { frames: { ...frames, highest: pfn(place.highestPfn) }, kind };
}

function flagAssumptions({ flags, unnamed }: { flags: bigint; unnamed: number }): string[] {
  const odd = (flags & VM_WRITE) !== 0n && (flags & VM_MAYWRITE) === 0n;
  return [
    ...(odd ? ['VM_WRITE without VM_MAYWRITE is meant, though no kernel makes such a VMA'] : []),
    ...(unnamed > 0 ? [`${unnamed} flag(s) that smaps shows as ?? are not set`] : []),
  ];
}
