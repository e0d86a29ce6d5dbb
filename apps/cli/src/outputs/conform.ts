import type { DecisionsData, FormData } from '../conform/form-report.js';

/** What `conform` answers. */
export type ConformOutput = {
  readonly schema: 'pagewright/conform/1';
  /** Every form of the chosen backends in every generation. */
  readonly forms: readonly FormData[];
  /** Folders of forms that no backend has. */
  readonly left: readonly { readonly folder: string; readonly why: string }[];
  /** Recorded decisions; the keys are `group/function`. */
  readonly decisions?: DecisionsData;
};
