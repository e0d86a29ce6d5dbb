import { OPERATIONS, type Operation } from '@pagewright/mm';
import { ARGUMENTS, KERNELS, NAME, number, stateSchema, strict } from '@pagewright/scenario/parts';
import { z } from 'zod';

/** Most values of an argument, and most names of a list. */
const MOST_LISTED = 64;

/** One value, or each of several. */
const anyOf = (one: z.ZodType) =>
  z.union([one, strict({ any: z.array(one).min(1).max(MOST_LISTED) })]);

/** Arguments by name; where one is enough, it may stand alone. */
function argumentsSchema({ parameters, about }: Operation): z.ZodType {
  const entries = Object.entries(parameters).map(([name, parameter]) => {
    const one = anyOf(ARGUMENTS[parameter.kind]);
    return [name, parameter.default === undefined ? one : one.optional()] as const;
  });
  const byName = strict(Object.fromEntries(entries));
  const [first, ...rest] = Object.values(parameters);
  const alone = first !== undefined && rest.every((each) => each.default !== undefined);
  if (!alone) return byName.describe(about);
  return z.union([anyOf(ARGUMENTS[first.kind]), byName]).describe(about);
}

const firstFree = strict({ 'first free of': z.array(NAME).min(1).max(MOST_LISTED) });

const answer = z.union([z.number().int(), z.string().max(80), z.boolean()]);

/** Something that may happen at any moment: an operation, whose arguments may be one of several. */
export const actionSchema = strict({
  label: z.string().max(200).optional().describe('What happens, in plain words.'),
  as: z
    .union([NAME, firstFree], { error: 'a name, or {first free of: [A, B]}' })
    .optional()
    .describe('A name for what it answers. It does not happen while none is free.'),
  when: stateSchema.optional().describe('It happens only where the state is so.'),
  'at most': number(1, 1000).optional().describe('How often on one way.'),
  'never answers': z
    .array(answer)
    .optional()
    .describe('Answers that break a promise, as runs print them.'),
  kernels: KERNELS.optional().describe('It happens on these kernels only.'),
  ...Object.fromEntries(OPERATIONS.map((each) => [each.name, argumentsSchema(each).optional()])),
});

/** An action as the file has it. */
export type ActionFile = z.infer<typeof actionSchema>;
/** Fields of an action that are no operation. */
export const ACTION_FIELDS = [
  ...(['label', 'as', 'when', 'at most', 'never answers', 'kernels'] as const),
];
