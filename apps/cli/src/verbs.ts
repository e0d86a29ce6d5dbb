import type { Verb } from './verb.js';

/** A verb as `--help` lists it; the rest is loaded when it is used. */
export interface VerbEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Verb>;
}

/** The verbs, in the order of `--help`. */
export const VERBS: readonly VerbEntry[] = [
  {
    name: 'decode',
    summary: 'say what page-table entries mean, bit by bit',
    load: () => import('./verbs/decode.js'),
  },
  {
    name: 'normal',
    summary: 'say whether an entry maps a normal page, and why',
    load: () => import('./verbs/normal.js'),
  },
  {
    name: 'walk',
    summary: 'walk page tables in a memory dump: one address, or a span',
    load: () => import('./verbs/walk.js'),
  },
  {
    name: 'inspect',
    summary: 'judge every page-table entry of the processes in a dump',
    load: () => import('./verbs/inspect.js'),
  },
  {
    name: 'smaps',
    summary: 'print /proc/PID/smaps of a process in a dump',
    load: () => import('./verbs/smaps.js'),
  },
  {
    name: 'check',
    summary: 'find what is wrong with the page tables of the processes in a dump',
    load: () => import('./verbs/check.js'),
  },
  {
    name: 'triage',
    summary: 'read a kernel log and say what happened to page tables',
    load: () => import('./verbs/triage.js'),
  },
  {
    name: 'distill',
    summary: 'make a small dump of what inspecting processes reads, without user data',
    load: () => import('./verbs/distill.js'),
  },
  {
    name: 'symbols',
    summary: 'find symbols of a dumped kernel by name, pattern or address',
    load: () => import('./verbs/symbols.js'),
  },
  {
    name: 'type',
    summary: 'show how a type of a dumped kernel lies in memory',
    load: () => import('./verbs/type.js'),
  },
  {
    name: 'scenario',
    summary: 'run files that say step by step what happens to memory',
    load: () => import('./verbs/scenario.js'),
  },
  {
    name: 'diff',
    summary: 'show where a scenario goes differently on two kernels',
    load: () => import('./verbs/diff.js'),
  },
  {
    name: 'bisect',
    summary: 'name the change between two kernels that alters what a scenario does',
    load: () => import('./verbs/bisect.js'),
  },
  {
    name: 'series',
    summary: 'show the patches of a series: what their text claims and what runs show',
    load: () => import('./verbs/series.js'),
  },
  {
    name: 'explore',
    summary: 'search every state within a bound for a broken invariant',
    load: () => import('./verbs/explore.js'),
  },
  {
    name: 'conform',
    summary: 'test backends against the laws and against what real kernels answered',
    load: () => import('./verbs/conform.js'),
  },
  {
    name: 'demo',
    summary: 'show what there is, on fixtures of the repository (also without arguments)',
    load: () => import('./verbs/demo.js'),
  },
  {
    name: 'matrix',
    summary: 'show what each form can do, or what each kernel answers (--rules)',
    load: () => import('./verbs/matrix.js'),
  },
];
