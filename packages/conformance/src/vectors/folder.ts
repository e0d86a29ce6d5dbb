/**
 * A folder of vectors as the runner sees it: where the bytes come from is the caller's business
 * (`@pagewright/conformance/node` reads directories). Layout: one folder a form, with `facts.json`
 * and any number of `*.jsonl` files, one JSON object a line.
 */
export interface VectorFolder {
  /** Name of the folder (`x86_64-la57`). */
  readonly name: string;
  /** The parsed `facts.json`, if the folder has one. */
  readonly facts?: Facts;
  readonly files: readonly VectorFile[];
}

/** One file of rows; lines come lazily. */
export interface VectorFile {
  readonly name: string;
  lines(): Iterable<string>;
}

/** The parts of `facts.json` that are compared or that choose the form. */
export interface Facts {
  readonly arch?: string;
  readonly kernel?: string;
  readonly page_shift?: number;
  readonly word_bits?: number;
  readonly levels?: Readonly<Record<string, LevelFacts>>;
  readonly config?: Readonly<Record<string, string>>;
  readonly holds?: Readonly<Record<string, boolean>>;
  readonly vm_flags?: Readonly<Record<string, string>>;
  readonly protection_map?: readonly { readonly index: number; readonly pgprot: string }[];
  readonly pgprots?: Readonly<Record<string, string>>;
  readonly prot_ops?: readonly {
    readonly op: string;
    readonly prot: string;
    readonly out: string;
  }[];
  readonly swap?: { readonly constants?: Readonly<Record<string, string>> };
}

/** Geometry of one level as the headers have it. */
export interface LevelFacts {
  readonly shift: number;
  readonly size: string;
  readonly ptrs_per: number;
  readonly compile_time_folded: boolean;
  readonly runtime_folded?: boolean;
}
