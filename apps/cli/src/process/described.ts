/** What `process.json` of a distilled process says; numbers that may be wide are `0x` strings. */
export interface DescribedProcess {
  readonly schema: 'pagewright/process/1';
  readonly guest: string;
  /** `uname -r` of the guest. */
  readonly release: string;
  /** The revision whose rules its kernel follows. */
  readonly kernel: string;
  readonly form: string;
  readonly headers: string;
  readonly comm: string;
  readonly pid: number;
  /** Physical address of the root table. */
  readonly root: string;
  readonly span: { readonly start: string; readonly end: string };
  /** CONFIG_ options that the kernel was built with; one that it does not name is off. */
  readonly config: Readonly<Record<string, boolean>>;
  /** Shared zeropages: `count` frames from `first` on. */
  readonly zero: DescribedFrames;
  readonly hugeZero: DescribedFrames | null;
  readonly highestPfn: { readonly pfn: string; readonly source: string };
  /** Frames with a struct page: [first, end) pairs. */
  readonly memmap: { readonly ranges: readonly (readonly [string, string])[] };
  readonly vmas: readonly DescribedVma[];
}

/** Neighbouring frames, and where their number was found. */
export interface DescribedFrames {
  readonly first: string;
  readonly count: number;
  readonly source: string;
}

/** One VMA: flags as smaps' letters, as a number and as names. */
export interface DescribedVma {
  readonly start: string;
  readonly end: string;
  readonly letters: string;
  readonly flags: string;
  readonly names: string;
  readonly pgoff: string;
  /** What /proc/PID/maps calls it; empty for anonymous memory. */
  readonly name: string;
}

/** What `truth.json` beside it says: the kernel's own account of the process. */
export interface ProcessTruth {
  readonly schema: 'pagewright/process-truth/1';
  readonly guest: string;
  readonly pid: number;
  /** Pagemap words: address of the first page, its word, and how many pages count on from it. */
  readonly pages: readonly (readonly [string, string, number])[];
  /** vm_normal_page(): address, entry, pfn of the page that it returned or null. */
  readonly vmNormalPage: readonly TracedVerdict[];
  /** vm_normal_page_pmd(), in the same way. */
  readonly vmNormalPagePmd: readonly TracedVerdict[];
  /** What the process planted where, and the verdict that its author expected. */
  readonly planted: readonly {
    readonly name: string;
    readonly start: string;
    readonly end: string;
    readonly verdict: string;
    readonly what: string;
  }[];
}

/** One answer of the running kernel. */
export type TracedVerdict = readonly [address: string, entry: string, pfn: string | null];
