/** What `distill` answers. */
export type DistillOutput = {
  readonly schema: 'pagewright/distill/1';
  readonly dump: string;
  /** The new dump. */
  readonly output: string;
  /** Its size. */
  readonly bytes: number;
  /** What it holds. */
  readonly pages: number;
  readonly pageBytes: number;
  /** Pages that were read and left out since they hold data of users. */
  readonly userPages: number;
  /** Processes whose tables and mappings are in it. */
  readonly processes: readonly { readonly pid: number; readonly comm: string }[];
  /** How many more have memory and are in it by name alone. */
  readonly otherProcesses: number;
};
