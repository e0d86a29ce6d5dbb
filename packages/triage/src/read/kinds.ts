import type { IncidentKind, LogLevel, LogReport } from '../incident.js';
import { asHex, asNumber, asText, type Region, wordOf } from '../log/region.js';
import { entryOf, readPath } from './entries.js';
import { optional, readPage } from './page.js';
import { readVma } from './vma.js';

/** What a kind of report says beyond what all may have. */
export type Details = Partial<Omit<LogReport, 'kind' | 'lines' | 'signs' | 'repeats' | 'stack'>>;

/** How a kind of report begins, and what it holds. */
export interface KindOfReport {
  /** With the `d` and `g` flags; where it matches, a report begins. */
  readonly head: RegExp;
  kind(head: RegExpExecArray): IncidentKind;
  /** Reads a region that begins with the head. */
  read(region: Region, head: RegExpExecArray): Details;
  /** Lines after the head that can belong to it. */
  readonly reach: number;
  /** Only said when nothing else in its lines is a report of its own. */
  readonly weak?: true;
}

const LEVEL = '(pte|pmd|pud|p4d|pgd|entry)';
const levelOf = (name: string | undefined): LogLevel =>
  name === undefined || name === 'entry' ? 'pte' : (name as LogLevel);

/** BUG: Bad page map (mm/memory.c print_bad_pte(), print_bad_page_map(); SPEC 16). */
const badPageMap: KindOfReport = {
  head: new RegExp(
    `ad\\s+page\\s+map\\s+in\\s+process\\s+(?:([^\\n]{1,64}?)\\s+${LEVEL}:(\\S{1,20})(?:\\s+pmd:(\\S{1,20}))?|([^\\n]{1,64}))`,
    'dg',
  ),
  kind: () => 'bad_page_map',
  reach: 60,
  read: (region, head) => {
    const level = levelOf(head[2]);
    const page = readPage(region);
    const vma = readVma(region);
    return {
      ...optional({
        process: region.group(head, head[1] === undefined ? 5 : 1, asText),
        page,
        vma,
      }),
      entries: [
        ...entryOf(region, head, 3, level, true),
        ...entryOf(region, head, 4, 'pmd', false),
        ...readPath(region),
      ],
    };
  },
};

/** The same until 2.6.28: all in one line, without table, page or handlers. */
const oldBadPte: KindOfReport = {
  head: /Bad pte = ([0-9a-f]{1,16}), process = ([^\n]{1,64}?), vm_flags = ([0-9a-f]{1,16}), vaddr = ([0-9a-f]{1,16})\b/dg,
  kind: () => 'bad_page_map',
  reach: 20,
  read: (region, head) => ({
    ...optional({ process: region.group(head, 2, asText) }),
    entries: entryOf(region, head, 1, 'pte', true),
    vma: {
      at: region.place(head.indices?.[3]?.[0] ?? 0),
      addrDigits: head[4]?.length ?? 0,
      ...optional({ flags: region.group(head, 3, asHex), addr: region.group(head, 4, wordOf) }),
      handlers: {},
    },
  }),
};

/** BUG: Bad page state (mm/page_alloc.c bad_page()), with quotes until 2.6.28. */
const badPageState: KindOfReport = {
  head: /ad\s+page\s+state\s+in\s+process\s+'?([^\n']{1,64}?)'?(?:\s+pfn:(?:0x)?([0-9a-f]{1,16}))?(?=\s*\n|\s*$)/dg,
  kind: () => 'bad_page_state',
  reach: 40,
  read: (region, head) =>
    optional({
      process: region.group(head, 1, asText),
      pfn: region.group(head, 2, asHex),
      page: readPage(region),
    }),
};

const COUNTER_NAMES: Readonly<Record<string, string>> = {
  '0': 'MM_FILEPAGES',
  '1': 'MM_ANONPAGES',
  '2': 'MM_SWAPENTS',
  '3': 'MM_SHMEMPAGES',
};

/** BUG: Bad rss-counter state, and non-zero pgtables_bytes (kernel/fork.c check_mm()). */
const badCounter: KindOfReport = {
  head: /Bad\s+rss-counter\s+state\s+mm:\S{1,20}\s+(?:idx|type):(\w{1,20})\s+val:(-?\d{1,18})(?:\s+Comm:([^\n]{1,64}?)\s+Pid:(\d{1,9}))?|non-zero\s+(nr_ptes|nr_pmds|pgtables_bytes)\s+on\s+freeing\s+mm:\s+(-?\d{1,18})/dg,
  kind: () => 'bad_rss_counter',
  reach: 0,
  read: (region, head) => {
    const printed = head[1] ?? head[5] ?? '';
    const value = region.group(head, head[1] === undefined ? 6 : 2, asNumber);
    const name = COUNTER_NAMES[printed] ?? printed;
    return {
      ...optional({
        process: region.group(head, 3, asText),
        pid: region.group(head, 4, asNumber),
      }),
      counters: value === undefined ? [] : [{ name, value }],
    };
  },
};

/** What mm/swapfile.c says of a swap entry that it does not know. */
const badSwapEntry: KindOfReport = {
  head: /\w{0,20}(?:swap\w{0,20}|unuse\w{0,10}): (Bad swap file|Bad swap offset|Unused swap (?:offset|file)) entry ([0-9a-f]{1,16})\b/dg,
  kind: () => 'bad_swap_entry',
  reach: 0,
  read: (region, head) => {
    const entry = region.group(head, 2, wordOf);
    return { swap: entry === undefined ? [] : [{ what: head[1] as string, entry }] };
  },
};

/** `FILE:LINE: bad pmd SLOT(VALUE)` (mm/pgtable-generic.c), without slot on other architectures. */
const badTable: KindOfReport = {
  head: /([\w./-]{1,80}\.[ch]:\d{1,6}): bad (pgd|p4d|pud|pmd) (?:([0-9a-f]{8,16}|\(ptrval\)|\(____ptrval____\))\(([0-9a-f]{1,16})\)|([0-9a-f]{1,16})\b)/dg,
  kind: (head) => `bad_${head[2]}` as IncidentKind,
  reach: 0,
  read: (region, head) => ({
    ...optional({ place: region.group(head, 1, asText) }),
    entries: entryOf(region, head, head[4] === undefined ? 5 : 4, head[2] as LogLevel, true),
  }),
};

/** x86: a reserved bit is set in an entry (arch/x86/mm/fault.c pgtable_bad()). */
const corruptedTable: KindOfReport = {
  head: /([^\n:]{1,64}): Corrupted page table at address ([0-9a-f]{1,16})\b/dg,
  kind: () => 'corrupted_page_table',
  reach: 30,
  read: (region, head) => {
    const path = readPath(region);
    return {
      ...optional({
        process: region.group(head, 1, (text) => text.trim()),
        address: region.group(head, 2, wordOf),
        errorCode: region.field(/Bad pagetable: ([0-9a-f]{4})\b/d, asText),
      }),
      entries: path.map((entry, i) => ({ ...entry, reported: i === path.length - 1 })),
    };
  },
};

/** The process in the line of CPU and taint that follows every trace. */
const readComm = (region: Region) =>
  region.field(/\bComm: ([^\n]{1,16}?)(?= (?:Not tainted|Tainted|Kdump))/d, asText);

/** What mm/page_table_check.c found. */
const tableCheck: KindOfReport = {
  head: /kernel BUG at (\S{0,60}mm\/page_table_check\.c:\d{1,6})/dg,
  kind: () => 'page_table_check',
  reach: 40,
  read: (region, head) => ({
    ...optional({
      place: region.group(head, 1, asText),
      process: readComm(region),
    }),
  }),
};

/** A page that a VM_BUG_ON_PAGE() or _FOLIO() dumped; its lines stand before the sentence. */
const vmBugOnPage: KindOfReport = {
  head: /page dumped because: (VM_(?:BUG|WARN)\w{0,40}\([^\n]{0,160})/dg,
  kind: () => 'vm_bug_on_page',
  reach: 30,
  read: (region, head) =>
    optional({
      reason: region.group(head, 1, asText),
      place: region.field(/kernel BUG at (\S{1,80}:\d{1,6})/d, asText),
    }),
};

/** WARN in mm/; newer kernels print the place before "at", and the CPU behind the function. */
const warning: KindOfReport = {
  head: /WARNING: (?:CPU: \d{1,5} PID: \d{1,9} )?(?:at )?(\S{0,60}\bmm\/(\w{1,40})\.c:\d{1,6})/dg,
  kind: (head) => `warn_mm_${head[2]}`,
  reach: 40,
  read: (region, head) =>
    optional({
      place: region.group(head, 1, asText),
      process: readComm(region),
    }),
};

/** Until 2.6.28 a mapcount below zero was a BUG with words of its own; and BUGs of mm/rmap.c. */
const rmapBug: KindOfReport = {
  head: /Eeek! page_mapcount\(page\) went negative! \((-?\d{1,11})\)|kernel BUG at (\S{0,80}mm\/rmap\.c:\d{1,6})/dg,
  kind: () => 'kernel_bug_rmap',
  reach: 40,
  read: (region, head) =>
    optional({
      place:
        region.group(head, 2, asText) ?? region.field(/kernel BUG at (\S{1,120}:\d{1,6})/d, asText),
      pfn: region.field(/page pfn = ([0-9a-f]{1,16})/d, asHex),
      reason: region.group(head, 1, (count) => `mapcount ${count}`),
    }),
};

/** An oops with the entries that led to its address. */
const oops: KindOfReport = {
  head: /\bPGD [0-9a-f]{1,16}\b|\*pd(?:e|pt) = [0-9a-f]{8,16}|\[([0-9a-f]{8,16})\] \*?pgd=[0-9a-f]{1,16}|\bAS:[0-9a-f]{16} R[123]:[0-9a-f]{16}/dg,
  kind: () => 'oops_pagetable',
  reach: 12,
  weak: true,
  read: (region, head) => {
    const path = readPath(region);
    return {
      ...optional({
        address: region.group(head, 1, wordOf),
        process: readComm(region),
      }),
      entries: path.map((entry, i) => ({ ...entry, reported: i === path.length - 1 })),
    };
  },
};

/**
 * What Xen says of a PV guest's entries (xen/arch/x86/mm.c get_page_from_l1e(), put_page_from_l1e(),
 * mod_l1_entry() ...): the entry is printed in most of them.
 */
const xenGuest: KindOfReport = {
  head: /\(XEN\) [^\n]{0,80}\b(?:grant(?:ed)? PTE|L[1-4] entry|Bad L[1-4] flags|linear p\.t\.)[^\n]{0,160}/dg,
  kind: () => 'xen_guest',
  reach: 0,
  weak: true,
  read: (region, head) => {
    const entry = region.find(/\b(?:PTE|L([1-4]) entry) ([0-9a-f]{8,16})\b/d);
    const level = XEN_LEVELS[Number(entry?.[1] ?? 1) - 1] ?? 'pte';
    return {
      reason: { value: head[0], at: region.place(0) },
      entries: entry === undefined ? [] : entryOf(region, entry, 2, level, true),
    };
  },
};
const XEN_LEVELS: readonly LogLevel[] = ['pte', 'pmd', 'pud', 'pgd'];

/** Every kind of report that is known. */
export const KINDS: readonly KindOfReport[] = [
  badPageMap,
  oldBadPte,
  badPageState,
  badCounter,
  badSwapEntry,
  badTable,
  corruptedTable,
  tableCheck,
  vmBugOnPage,
  warning,
  rmapBug,
  oops,
  xenGuest,
];
