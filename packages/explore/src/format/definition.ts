import { ROOM } from '@pagewright/mm';
import {
  KERNELS,
  machineSchema,
  NAME,
  NEEDS,
  number,
  objectsSchema,
  stateSchema,
  stepSchema,
  strict,
} from '@pagewright/scenario/parts';
import { z } from 'zod';
import { actionSchema } from './action.js';

const MOST_ACTIONS = 100;
const MOST_STEPS = 100;
const MOST_DEPTH = 1000;

/** Records that a bound may give room for. */
const { kept: _, ...recordRoom } = ROOM;
const room = strict(
  Object.fromEntries(Object.keys(recordRoom).map((kind) => [kind, number(1, 4096).optional()])) as {
    [K in keyof typeof recordRoom]: z.ZodOptional<z.ZodNumber>;
  },
);

const conditions = z
  .record(z.string().min(1).max(80), stateSchema)
  .describe('States by a name for them, in the words of scenarios.');

const ids = z.array(z.string().regex(/^I[0-9]{1,2}$/, 'an invariant such as I20'));

const invariants = z.union([z.literal('all'), ids], { error: 'all, or a list such as [I19, I20]' });

const always = z.union([invariants, strict({ invariants: invariants.optional(), conditions })], {
  error: 'all, a list of invariants, or {invariants, conditions}',
});

const some = z.union([z.literal('all'), z.array(z.string().max(120))], {
  error: 'all, or a list of ids',
});

const ignore = strict({
  invariants: ids.optional(),
  warnings: some.optional().describe('Ids of WARN and VM_WARN.'),
  bugs: some.optional().describe('Ids of BUG: whatever ends there is not looked at.'),
  reports: z.boolean().optional().describe('Reports of bad page maps.'),
});

const interchangeable = strict({
  processes: z.array(NAME).min(2).optional().describe('Processes that differ by name alone.'),
  pages: z
    .array(NAME)
    .min(2)
    .optional()
    .describe('Pages of the file, such as drivers allocate, that differ by name alone.'),
  frames: z.boolean().optional().describe('Which frames are handed out makes no difference.'),
});

const counts = {
  states: number(1, 2 ** 40).optional(),
  transitions: number(0, 2 ** 40).optional(),
  depth: number(0, MOST_DEPTH).optional().describe('Actions to the state that is farthest away.'),
  unreached: z.array(z.string()).optional().describe('Conditions of `sometimes`. Default: none.'),
};

const outcome = z.union(
  [
    z.literal('holds'),
    strict({ result: z.literal('holds'), ...counts }),
    strict({
      violated: z
        .union([z.string(), z.array(z.string()).min(1)])
        .describe('What: an invariant, `BUG id`, `WARN id`, the name of a condition.'),
      length: number(0, MOST_DEPTH).optional().describe('Actions of the shortest way to it.'),
      ...counts,
    }),
    strict({
      stopped: z.enum(['depth', 'states', 'memory', 'time', 'capacity']),
      ...counts,
    }),
  ],
  { error: 'holds, {result: holds, ...}, {violated, length, ...} or {stopped, ...}' },
);

/** A bound: what a search is to look at. */
export const boundSchema = strict({
  bound: z.string().min(1).max(200).describe('What it looks for, in one line.'),
  about: z.string().max(4000).optional().describe('More about it.'),
  covers: z
    .array(z.string().regex(/^[\w.-]+(\/[\w.:-]+)?$/, 'a section, or section/row'))
    .optional()
    .describe('Rows of the specification that it looks at.'),
  machine: machineSchema
    .extend({ room: room.optional().describe('How many records of a kind there can be.') })
    .optional(),
  needs: z
    .array(z.enum(Object.keys(NEEDS) as [keyof typeof NEEDS]))
    .optional()
    .describe('What form and kernel must have.'),
  objects: objectsSchema.optional(),
  before: z
    .array(stepSchema(stateSchema))
    .max(MOST_STEPS)
    .optional()
    .describe('Steps that are done once, before anything else.'),
  actions: z
    .array(actionSchema)
    .min(1)
    .max(MOST_ACTIONS)
    .describe('What may happen, at any moment and in any order.'),
  depth: number(1, MOST_DEPTH).optional().describe('Most actions of a way. Default: no limit.'),
  always: always.optional().describe('What must hold in every state. Default: all invariants.'),
  never: conditions.optional().describe('States that must not be reached.'),
  sometimes: conditions.optional().describe('States that must be reached.'),
  ends: conditions.optional().describe('States that are counted where no action is left.'),
  ignore: ignore.optional().describe('What is no violation.'),
  interchangeable: interchangeable.optional(),
  expect: z
    .record(KERNELS, outcome)
    .optional()
    .describe('What the search finds, by kernel; the first selector that means it decides.'),
});

/** A bound as its file says it. */
export type BoundFile = z.infer<typeof boundSchema>;
/** What a search is expected to find. */
export type OutcomeFile = z.infer<typeof outcome>;
