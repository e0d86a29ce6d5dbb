import {
  ARGUMENT_BITS,
  type ArgumentKind,
  CLEAR_REFS,
  DEPARTURE,
  type Departure,
  OPERATIONS,
  type Operation,
  type Parameter,
  SEQUENCE,
  type SequenceReads,
} from '@pagewright/mm';
import { z } from 'zod';
import { ADDRESS, KERNELS, NAME, number, strict } from './words.js';

const MOST_LISTED = 4096;

const bitNames = (kind: keyof typeof ARGUMENT_BITS) =>
  z.array(z.enum(Object.keys(ARGUMENT_BITS[kind]) as [string]));

/** What entries that are not present may stand for. */
const ABSENT_KINDS = [
  ...['swap', 'migration-read', 'migration-read-exclusive', 'migration-write'],
  ...['device-private-read', 'device-private-write', 'device-exclusive', 'hwpoison', 'marker'],
] as const;

/** How arguments of each kind are written. */
export const ARGUMENTS: Readonly<Record<ArgumentKind, z.ZodType>> = {
  address: ADDRESS.describe('A page of a VMA: `V+3`, or in another process `child:V+3`.'),
  vma: ADDRESS.describe('A VMA: `V`, or `child:V`.'),
  process: NAME.describe('A process.'),
  page: NAME.describe('A page.'),
  pages: z.array(NAME).max(MOST_LISTED).describe('Pages.'),
  pfn: z
    .union([NAME, number(0, 2 ** 40)], { error: 'a page, or a number' })
    .describe('A page-frame number, or the page whose it is.'),
  file: NAME.describe('A file.'),
  reference: NAME.describe('What a GUP step handed out.'),
  inFlight: NAME.describe('What a step that began an operation was called.'),
  task: NAME.describe('What a step that may sleep was called.'),
  count: number(0, 2 ** 40),
  switch: z.boolean(),
  protection: z
    .string()
    .regex(/^([r-][w-][x-]|none)$/, 'rights such as r--, rw- or none')
    .describe('Rights: `r--`, `rw-`, `none`.'),
  word: z
    .union([
      z.string().regex(/^0x[0-9a-f]{1,16}$/, 'a word such as 0x25'),
      strict({ flip: z.string() }),
    ])
    .describe('A word in hexadecimal.'),
  level: z.enum(['pte', 'pmd', 'pud']),
  lock: z.enum(['none', 'read', 'write']).describe('mmap_lock as the caller has it.'),
  absent: z.enum(ABSENT_KINDS),
  clearRefs: z.enum(Object.keys(CLEAR_REFS) as [keyof typeof CLEAR_REFS]),
  departure: z
    .enum(Object.keys(DEPARTURE) as [Departure])
    .describe('How it departs from what kernels do.'),
  sequence: z
    .enum(Object.keys(SEQUENCE) as [SequenceReads])
    .describe('When write_protect_seq is read.'),
  foll: bitNames('foll').describe('FOLL_ flags.'),
  fault: bitNames('fault').describe('FAULT_FLAG_ flags.'),
  pfnFlags: bitNames('pfnFlags').describe('Flags of a pfn_t.'),
};

function parameterSchema({ kind, default: standard }: Parameter): z.ZodType {
  return standard === undefined ? ARGUMENTS[kind] : ARGUMENTS[kind].optional();
}

/** Arguments by name; where one is enough, it may stand alone. */
function argumentsSchema({ parameters, about }: Operation): z.ZodType {
  const entries = Object.entries(parameters);
  const byName = strict(
    Object.fromEntries(entries.map(([name, parameter]) => [name, parameterSchema(parameter)])),
  );
  const [first, ...rest] = entries;
  const alone = first !== undefined && rest.every(([, each]) => each.default !== undefined);
  if (!alone) return byName.describe(about);
  return z.union([ARGUMENTS[first[1].kind], byName]).describe(about);
}

/** An answer: 0, -EINVAL, NOPAGE, BUG, or a number. */
const answer = z.union([z.number().int(), z.string().max(80), z.boolean()]);

/** What a step is expected to do. */
const outcomeSchema = strict({
  answer: answer.optional().describe('As the printed run says it; `BUG` for any BUG.'),
  warns: z.array(z.string()).optional().describe('Warnings, in order. Default: none.'),
  reports: number(0, 1000).optional().describe('Reports of bad page maps. Default: none.'),
  notes: z.array(z.string()).optional().describe('Notes; asked when said.'),
  more: z.record(z.string(), z.number()).optional().describe('Numbers beside the answer.'),
});

const expectation = z.union([answer, outcomeSchema]);
const byKernel = z.record(KERNELS, expectation);

/** Most steps of a part that is unordered, and of what follows each order. */
const MOST_PART_STEPS = 50;

/** How many orders: a number, or a word of litmus tests. */
const orderCount = z.union([number(0, 1e9), z.enum(['always', 'sometimes', 'never'])]);

/** A step: one operation, with what is expected of it; or parts whose steps run in every order. */
export function stepSchema(state: z.ZodType) {
  const operations = Object.fromEntries(
    OPERATIONS.map((each) => [each.name, argumentsSchema(each).optional()]),
  );
  const fields = {
    label: z.string().max(200).optional().describe('What happens, in plain words.'),
    expect: z
      .union([answer, outcomeSchema, byKernel], {
        error: 'an answer, its parts (answer, warns, reports, notes, more), or these by kernel',
      })
      .optional()
      .describe('Default: it succeeds, without a warning.'),
    'may fail with': z.array(answer).optional().describe('Answers that are fine as well.'),
    kernels: KERNELS.optional().describe('Done on these kernels only.'),
    as: NAME.optional().describe('A name for what it answers: a process, a page, references.'),
    check: state.optional().describe('In place of an operation: what the state must be here.'),
    ...operations,
  };
  const plain = z.array(strict(fields)).min(1).max(MOST_PART_STEPS);
  return strict({
    ...fields,
    unordered: z
      .record(NAME, plain)
      .optional()
      .describe('In place of an operation: parts, whose steps run in every order that can be.'),
    order: z
      .array(NAME)
      .optional()
      .describe('The one order in which they run: the part of each step.'),
    after: plain.optional().describe('What is done after each order.'),
    conditions: z
      .record(z.string().max(80), state)
      .optional()
      .describe('What the state may be after an order, by a name for it.'),
    orders: z
      .record(z.string(), z.union([orderCount, z.record(KERNELS, orderCount)]))
      .optional()
      .describe('How many orders there are (`total`), how many end in each of the conditions.'),
  });
}

/** How many orders, as written. */
export type OrderCount = z.infer<typeof orderCount>;
/** What a step is expected to do, as written. */
export type Expectation = z.infer<typeof expectation>;
/** The same with all its parts. */
export type OutcomeExpectation = z.infer<typeof outcomeSchema>;
/** Fields of a step that are no operation. */
export const STEP_FIELDS = [
  ...(['label', 'expect', 'may fail with', 'kernels', 'as', 'check'] as const),
  ...(['unordered', 'order', 'after', 'conditions', 'orders'] as const),
] as const;

const OUTCOME_FIELDS = Object.keys(outcomeSchema.shape);

/** Whether an expectation says something for each kernel. */
export function isByKernel(expect: unknown): expect is Readonly<Record<string, Expectation>> {
  if (typeof expect !== 'object' || expect === null) return false;
  return !Object.keys(expect).every((key) => OUTCOME_FIELDS.includes(key));
}
