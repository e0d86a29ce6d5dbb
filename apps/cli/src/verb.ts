import type { Problem, Result } from '@pagewright/core';
import type { Command } from 'commander';
import type { InspectLine } from './outputs/inspect.js';
import type { AnswerDocument } from './outputs/output.js';

/** What a verb has to say. */
export interface Answer {
  readonly document: AnswerDocument;
  /** 1 when something is wrong with the input that the document tells about. */
  readonly exitCode: 0 | 1;
  /** Why the document ends early: it is printed all the same, then the problem, and the code is 2. */
  readonly problem?: Problem;
}

/** Objects that are printed one a line as they come, in place of a document (`--ndjson`). */
export interface Stream extends Pick<Answer, 'exitCode' | 'problem'> {
  readonly lines: Iterable<InspectLine>;
}

/** Prints an answer, or the problem that stood in its way, and sets the exit code. */
export type Reply = (answer: Told | Promise<Told>) => Promise<void>;

/** What is left of a verb when it is done. */
type Told = Result<Answer | Stream>;

/**
 * A verb: `define` adds its arguments, options and examples to a command whose name and summary are
 * set, and an action that passes what the verb answers to `reply`.
 */
export interface Verb {
  readonly define: (command: Command, reply: Reply) => void;
}

/** Help text with worked examples: what to type, and what it is about. */
export const examples = (
  ...lines: readonly (readonly [command: string, about: string])[]
): string =>
  ['', 'Examples:', ...lines.flatMap(([command, about]) => [`  ${about}:`, `    ${command}`])].join(
    '\n',
  );
