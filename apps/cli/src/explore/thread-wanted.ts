/** What a thread is told of the search that it takes part in. */
export interface ThreadWanted {
  /** The file of the bound. */
  readonly path: string;
  readonly form: string;
  readonly kernel: string;
  readonly symmetry: boolean;
}
