import { z } from 'zod';

const count = z.int().min(0);
const way = z.strictObject({ parent: z.int().min(-1), action: count });

/** What stands in a checkpoint before the states. Its hash tells of damage alone: it may be forged. */
export const headerSchema = z
  .strictObject({
    /** `SearchIdentity`. */
    of: z.record(z.string(), z.string()),
    states: z.int().min(1),
    /** `SearchPlace`. */
    place: z.strictObject({ next: count, levelEnd: count, depth: z.int().min(-1) }),
    /** `Findings`. */
    findings: z.strictObject({
      violations: z.array(z.tuple([z.string(), way])),
      reached: z.array(z.tuple([z.string(), count])),
      ends: z.array(z.tuple([z.string(), count])),
      ended: count,
      transitions: count,
    }),
  })
  .refine(
    ({ states, place, findings }) =>
      place.next <= place.levelEnd &&
      place.levelEnd <= states &&
      findings.violations.every(([, { parent }]) => parent < states),
  );

/** A header that says where a search of so many states may be. */
export type Header = z.infer<typeof headerSchema>;
