import type { Level } from '@pagewright/core';

/** `error`: no healthy kernel has it. `warning`: a race may explain it. `note`: a limit of the check. */
export type Severity = 'error' | 'warning' | 'note';

interface FindingKind {
  readonly severity: Severity;
  /** Invariants of SPEC 14 that it breaks, by their ids. */
  readonly invariants: readonly string[];
  /** What it means, for every place where it is found. */
  readonly sentence: string;
}

/** Everything that a check can find. */
export const FINDINGS = {
  'mapping-order': {
    severity: 'error',
    invariants: [],
    sentence:
      'mappings must ascend, not overlap, lie within their process, and in the tree where they are',
  },
  'mapping-count': {
    severity: 'error',
    invariants: [],
    sentence: 'map_count differs from the number of mappings in the tree',
  },
  'mappings-unreadable': {
    severity: 'error',
    invariants: [],
    sentence: 'the tree of mappings, or a mapping in it, makes no sense',
  },
  'rss-count': {
    severity: 'error',
    invariants: ['I13', 'I14'],
    sentence: 'a counter of resident or swapped pages differs from what the tables hold',
  },
  'table-count': {
    severity: 'error',
    invariants: ['I30'],
    sentence: 'the memory counted for page tables differs from the tables found',
  },
  'table-loop': {
    severity: 'error',
    invariants: [],
    sentence: 'an entry points to a table that it is reached through',
  },
  'table-twice': {
    severity: 'error',
    invariants: [],
    sentence: 'two entries point to one table',
  },
  'table-beyond-memory': {
    severity: 'error',
    invariants: [],
    sentence: 'an entry points to a table where there is no memory',
  },
  'table-in-free-page': {
    severity: 'error',
    invariants: [],
    sentence: 'an entry points to a table in a page that is free',
  },
  'entry-invalid': {
    severity: 'error',
    invariants: [],
    sentence: 'an entry means nothing at its level',
  },
  'entry-is-text': {
    severity: 'error',
    invariants: [],
    sentence: 'entries read as text: something wrote over the table',
  },
  'entry-is-pointer': {
    severity: 'error',
    invariants: [],
    sentence: 'entries are addresses of the kernel: something wrote over the table',
  },
  'entry-outside-mapping': {
    severity: 'error',
    invariants: [],
    sentence: 'an entry is in use where the process has no mapping',
  },
  'special-not-allowed': {
    severity: 'error',
    invariants: ['I7', 'I36'],
    sentence: 'a special entry in a mapping that allows none',
  },
  'frame-beyond-memory': {
    severity: 'error',
    invariants: ['I8', 'I36'],
    sentence: 'an entry maps a frame beyond the memory map',
  },
  'entry-bad': {
    severity: 'error',
    invariants: ['I36'],
    sentence: 'vm_normal_page() would complain about the entry',
  },
  'maps-free-page': {
    severity: 'error',
    invariants: ['I22'],
    sentence: 'an entry maps a page that is free',
  },
  'maps-kernel-page': {
    severity: 'error',
    invariants: ['I22'],
    sentence: 'an entry maps a page that the kernel uses for itself',
  },
  'zero-page-writable': {
    severity: 'error',
    invariants: ['I5'],
    sentence: 'the zeropage is mapped writable',
  },
  'zero-page-not-special': {
    severity: 'error',
    invariants: ['I6'],
    sentence: 'the zeropage is mapped without the special mark',
  },
  'writable-not-allowed': {
    severity: 'error',
    invariants: [],
    sentence: 'a page is mapped writable where its mapping allows no writing, or only to a copy',
  },
  'anon-writable-shared': {
    severity: 'error',
    invariants: ['I9'],
    sentence: 'an anonymous page is mapped writable but not marked exclusive',
  },
  'anon-exclusive-shared': {
    severity: 'error',
    invariants: ['I11'],
    sentence: 'an anonymous page marked exclusive is mapped more than once',
  },
  'mapcount-below-entries': {
    severity: 'error',
    invariants: ['I1'],
    sentence: 'a page is mapped by more entries than its mapcount says',
  },
  'mapcount-above-entries': {
    severity: 'warning',
    invariants: ['I1'],
    sentence: 'the mapcount of a page is more than the entries found over all processes',
  },
  'refcount-below-mapcount': {
    severity: 'error',
    invariants: ['I2'],
    sentence: 'a page has fewer references than mappings',
  },
  'swap-type-unknown': {
    severity: 'error',
    invariants: ['I14'],
    sentence: 'a swap entry names a swap area that does not exist',
  },
  'swap-offset-beyond': {
    severity: 'error',
    invariants: ['I14'],
    sentence: 'a swap entry names a slot beyond the end of its swap area',
  },
  'mapcounts-one-sided': {
    severity: 'note',
    invariants: [],
    sentence: 'not all processes were walked: mapcounts are compared as lower bounds alone',
  },
  'counters-not-read': {
    severity: 'note',
    invariants: [],
    sentence: 'counters of a process could not be read or recounted',
  },
  'not-in-dump': {
    severity: 'note',
    invariants: [],
    sentence: 'something that the check needs was left out of the dump',
  },
  'list-broken': {
    severity: 'error',
    invariants: [],
    sentence: 'a list of tasks or threads makes no sense',
  },
  'more-findings': {
    severity: 'note',
    invariants: [],
    sentence: 'there are more findings than can be listed',
  },
} as const satisfies Readonly<Record<string, FindingKind>>;
/** One of them. */
export type FindingId = keyof typeof FINDINGS;

/** Where and from what; only what the finding is about is there. */
export interface FindingEvidence {
  readonly pid?: number;
  /** The command's name; whatever the process chose. */
  readonly comm?: string;
  /** First address of the mapping. */
  readonly vma?: bigint;
  readonly addr?: bigint;
  readonly level?: Level;
  /** Physical address of the table that holds the entry. */
  readonly table?: bigint;
  readonly index?: number;
  readonly raw?: bigint;
  readonly pfn?: bigint;
  /** Name of the counter, in the kernel's words. */
  readonly counter?: string;
  /** What the kernel keeps count of, and what the check counted. */
  readonly kept?: bigint;
  readonly counted?: bigint;
}

/** Something that a check found. */
export interface Finding {
  readonly id: FindingId;
  readonly severity: Severity;
  readonly invariants: readonly string[];
  /** What it means, then what is odd about this place. */
  readonly sentence: string;
  readonly detail: string;
  /** The first place. */
  readonly evidence: FindingEvidence;
  /** Places like it: the same process and the same table. */
  readonly count: number;
}
