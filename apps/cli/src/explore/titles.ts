import type { Bound } from '@pagewright/explore';
import type { Block } from '@pagewright/report';
import type { BoundGround } from './bounds.js';

/** What a bound asks, and where it is asked. */
export const titleOf = ({ file }: Bound, { form, kernel }: BoundGround): string =>
  `${file.bound} (${form.name}, ${kernel.revision.id})`;

/** Lines that are printed as they stand. */
export const verbatim = (lines: readonly string[]): Block => ({ kind: 'verbatim', lines });
