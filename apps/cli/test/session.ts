/**
 * A session is a text of commands with what they print: the input and the expectation in one file,
 * as one would see it on a terminal.
 *
 *     $ pagewright decode x86_64 - <<< '0x25 0x67'
 *     lines of standard output
 *     ! lines of standard error
 *     [exit 2]
 *
 * Lines before the first `$`, and those that begin with `#`, are notes.
 */
export interface Step {
  /** The line after `$ pagewright `. */
  readonly line: string;
  readonly args: readonly string[];
  readonly input: string;
  /** Notes in front of the command. */
  readonly notes: readonly string[];
}

const PROMPT = '$ pagewright ';

/** The commands of a session, in order. */
export function stepsOf(text: string): readonly Step[] {
  const steps: Step[] = [];
  let notes: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) notes.push(line);
    if (!line.startsWith(PROMPT)) continue;
    const command = line.slice(PROMPT.length);
    const [before = '', after] = command.split(' <<< ');
    steps.push({ line: command, args: words(before), input: words(after ?? '').join(' '), notes });
    notes = [];
  }
  return steps;
}

/** Words of a command; single quotes keep spaces together. */
const words = (text: string): string[] =>
  [...text.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

/** One command with what it printed, as a session has it. */
export function written(
  step: Step,
  run: { stdout: string; stderr: string; exitCode: number | null },
): string {
  const errors = run.stderr.split('\n').slice(0, -1);
  return [
    ...step.notes,
    PROMPT + step.line,
    ...run.stdout.split('\n').slice(0, -1),
    ...errors.map((line) => `! ${line}`),
    ...(run.exitCode === 0 ? [] : [`[exit ${run.exitCode}]`]),
    '',
  ].join('\n');
}
