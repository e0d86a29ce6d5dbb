import { fail, ok, type Result, SERIES } from '@pagewright/core';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { strict } from '../format/words.js';

const LONGEST_FILE = 1 << 20;

const questionSchema = strict({
  series: z.enum(SERIES.map(({ name }) => name)).describe('Whose review asked it.'),
  question: z.string().trim().min(1),
  scenarios: z
    .array(z.string().trim().min(1))
    .min(1)
    .describe('Files that answer it, without .yaml.'),
  answer: z.string().trim().min(1).describe('What their runs show, in one to three sentences.'),
});

/** A question that a series or its review raised, and the scenarios that answer it. */
export type Question = z.infer<typeof questionSchema>;

/** Reads a file of questions; one of comments alone holds none. Code `bad-questions`. */
export function parseQuestions(text: string, name: string): Result<readonly Question[]> {
  if (text.length > LONGEST_FILE) {
    return fail('bad-questions', `${name}: longer than ${LONGEST_FILE} characters`);
  }
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError || error instanceof ReferenceError)) throw error;
    return fail('bad-questions', `${name}: ${error.message.split('\n', 1)[0]}`);
  }
  const parsed = z.array(questionSchema).safeParse(value ?? []);
  if (parsed.success) return ok(parsed.data);
  const [issue] = parsed.error.issues;
  return fail('bad-questions', `${name}: ${issue?.path.join('.')}: ${issue?.message}`);
}
