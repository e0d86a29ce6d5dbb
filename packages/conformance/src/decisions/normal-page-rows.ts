import {
  type ConfigChoice,
  FRAME_KINDS,
  frameOfKind,
  isFrameKind,
  type Kernel,
  type MappingLevel,
  makeKernel,
  type NormalPageQuestion,
  normalPage,
  pfn,
  type Revision,
  SPECIAL_OPTION,
  type Verdict,
  VM_MAYWRITE,
  VM_MIXEDMAP,
  VM_PFNMAP,
  VM_SHARED,
  type Vma,
  type VmOps,
  virtAddr,
} from '@pagewright/core';
import { inWords, own, type Row } from '../vectors/row.js';
import type { DecisionComparer, DecisionRow } from './comparer.js';

/** The entry's frame, the page that the hook gives, and a VMA whose page 512 is asked about. */
const FRAME = pfn(0x12345n);
const HOOK_PAGE = pfn(0x777n);
const START = virtAddr(0x4000_0000n);
const PAGES_INTO_VMA = 512n;
const PAGE_SHIFT = 12;

const OPS: Readonly<Record<string, VmOps | null>> = {
  no_ops: null,
  ops_without_hook: {},
  hook_null: { findNormalPage: () => null },
  hook_page: { findNormalPage: () => HOOK_PAGE },
};

/** Rows of `vm_normal_page.*`: every frame kind of the row is one answer. */
export function normalPageComparer(): DecisionComparer {
  const kernels = new Map<string, Kernel>();
  return {
    group: 'vm_normal_page',
    compare(row, revision) {
      const inputs = readInputs(row.fields);
      if (typeof inputs === 'string') return inputs;
      const key = `${revision.id} ${JSON.stringify(inputs.config)}`;
      let kernel = kernels.get(key);
      if (kernel === undefined) {
        const made = kernelOf(revision, inputs.config);
        if (typeof made === 'string') return made;
        kernel = made;
        kernels.set(key, kernel);
      }
      compareFrames(row, inputs, kernel);
      return undefined;
    },
  };
}

interface Inputs {
  readonly level: MappingLevel;
  readonly config: ConfigChoice;
  readonly vma: Vma;
  readonly special: boolean;
  readonly devmap: boolean;
  readonly out: Readonly<Record<string, unknown>>;
}

function readInputs(fields: Row): Inputs | string {
  const { lvl, hook, out } = fields;
  if (lvl !== 'pte' && lvl !== 'pmd' && lvl !== 'pud') return 'lvl is no level';
  const ops = typeof hook === 'string' ? own(OPS, hook) : undefined;
  if (ops === undefined) return 'hook is none of the known kinds';
  if (typeof out !== 'object' || out === null || Array.isArray(out)) return 'out is no object';
  for (const name of REQUIRED) {
    if (fields[name] !== 0 && fields[name] !== 1) return `${name} is neither 0 nor 1`;
  }
  const is = (name: string): boolean => fields[name] === 1;
  const flag = (name: string, mask: bigint): bigint => (is(name) ? mask : 0n);
  const onLine = FRAME - PAGES_INTO_VMA;
  return {
    level: lvl,
    config: {
      [SPECIAL_OPTION[lvl]]: is('lvl_special'),
      [SPECIAL_OPTION.pte]: is('pte_special'),
      FIND_NORMAL_PAGE: is('find_normal'),
      // The recorded functions were built with transparent huge pages and with every warning.
      TRANSPARENT_HUGEPAGE: true,
      DEBUG_VM: true,
    },
    vma: {
      start: START,
      end: virtAddr(START + ((2n * PAGES_INTO_VMA) << BigInt(PAGE_SHIFT))),
      flags:
        flag('pfnmap', VM_PFNMAP) |
        flag('mixed', VM_MIXEDMAP) |
        flag('shared', VM_SHARED) |
        flag('maywrite', VM_MAYWRITE),
      pgoff: is('linear') ? onLine : onLine + 1n,
      ops,
    },
    special: is('special'),
    devmap: is('devmap'),
    out: out as Readonly<Record<string, unknown>>,
  };
}

/** Inputs that every row has; `devmap` and `find_normal` stand only where the kernel has them. */
const REQUIRED = [
  'pte_special',
  'lvl_special',
  'pfnmap',
  'mixed',
  'shared',
  'maywrite',
  'special',
  'linear',
] as const;

function kernelOf(revision: Revision, config: ConfigChoice): Kernel | string {
  const made = makeKernel({ revision, form: { pageShift: PAGE_SHIFT, levels: [] }, config });
  return made.ok ? made.value : made.problem.message;
}

function compareFrames(row: DecisionRow, inputs: Inputs, kernel: Kernel): void {
  const { level, vma, special, devmap } = inputs;
  const about = inWords(row.fields, ANSWERS);
  for (const [kind, expected] of Object.entries(inputs.out)) {
    if (!isFrameKind(kind)) {
      const known = Object.keys(FRAME_KINDS).join(', ');
      row.tally.leaveOut(`${row.group}/${kind}`, `no such frame kind; known: ${known}`);
      continue;
    }
    const question: NormalPageQuestion = {
      kernel,
      level,
      vma,
      addr: virtAddr(START + (PAGES_INTO_VMA << BigInt(PAGE_SHIFT))),
      entry: { pfn: FRAME, special, devmap },
      frames: frameOfKind(kind, FRAME),
    };
    const at = { file: row.file, line: row.line, key: kind, in: about };
    row.tally.check(at, expected, recorded(normalPage(question)));
  }
}

/** The key that holds a row's answers. */
const ANSWERS = new Set(['out']);

/** A verdict in the letters of the files: `N`, `H`, `0`, then the events in order. */
export function recorded(verdict: Verdict): string {
  const warnings = verdict.warns.map((rule) => ` W:${rule.id}`).join('');
  if (verdict.answer === 'page') return (verdict.via === 'hook' ? 'H' : 'N') + warnings;
  if (verdict.answer === 'bad') return `0 B:${verdict.level}${warnings}`;
  return verdict.answer === 'none' ? `0${warnings}` : '-';
}
