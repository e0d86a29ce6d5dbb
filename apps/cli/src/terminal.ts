import { once } from 'node:events';
import type { Problem, Result } from '@pagewright/core';
import { escapeJson, escapeText, jsonPieces, renderText } from '@pagewright/report';
import type { InspectLine } from './outputs/inspect.js';
import type { Answer, Stream } from './verb.js';

/** How answers are to be shown. */
export interface Style {
  readonly json?: true;
  readonly debug?: true;
  readonly color: boolean;
}

/** Columns where the output is no terminal, or one that does not say (it reports 0). */
const UNKNOWN_WIDTH = 100;

/** Colours where they can be shown and nobody said no (https://no-color.org). */
const wantsColor = (style: Style): boolean =>
  style.color &&
  process.stdout.isTTY === true &&
  !process.env.NO_COLOR &&
  process.env.TERM !== 'dumb';

/** A reader that goes away early (`| head`) is no error. */
export function surviveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit();
    });
  }
}

/** Prints an answer on standard output, a problem as one line on standard error. */
export async function show(result: Result<Answer | Stream>, style: Style): Promise<void> {
  if (!result.ok) {
    showProblem(result.problem, style.debug);
    return;
  }
  const answer = result.value;
  const { problem } = answer;
  if ('lines' in answer) await writePieces(ndjson(answer.lines));
  else if (style.json) await writePieces(jsonPieces(answer.document));
  else {
    process.stdout.write(
      renderText(answer.document, {
        color: wantsColor(style),
        width: process.stdout.columns || UNKNOWN_WIDTH,
      }),
    );
  }
  process.exitCode = answer.exitCode;
  if (problem !== undefined) showProblem(problem, style.debug);
}

/** Text is written in blocks of this many characters. */
const BLOCK = 1 << 16;

/** What a terminal shows as it is: looked for first, since nearly all lines are of it. */
const PLAIN = /^[ -~]*$/;

/** One object a line. */
function* ndjson(lines: Iterable<InspectLine>): Generator<string> {
  for (const line of lines) {
    const text = JSON.stringify(line);
    yield `${PLAIN.test(text) ? text : escapeJson(text)}\n`;
  }
}

/** Writes no faster than what is written is taken, so that memory holds a block of it. */
async function writePieces(pieces: Iterable<string>): Promise<void> {
  let block = '';
  const flush = async () => {
    const full = !process.stdout.write(block);
    block = '';
    if (full) await once(process.stdout, 'drain');
  };
  for (const piece of pieces) {
    block += piece;
    if (block.length >= BLOCK) await flush();
  }
  if (block !== '') await flush();
}

/** One line that names what and where, and exit code 2; with `debug` the evidence follows. */
export function showProblem({ code, message, evidence }: Problem, debug = false): void {
  process.exitCode = 2;
  const lines = [`pagewright: ${escapeText(message)}`];
  if (debug) {
    lines.push(`  code: ${code}`);
    for (const [key, value] of Object.entries(evidence ?? {})) {
      lines.push(`  ${key}: ${escapeText(String(value))}`);
    }
  }
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** A mistake of ours: one line all the same, the stack with `debug`. */
export function showMistake(error: unknown, debug = false): void {
  process.exitCode = 2;
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: '' };
  const hint = debug ? '' : ' (--debug shows where)';
  process.stderr.write(`pagewright: internal error: ${escapeText(message)}${hint}\n`);
  if (debug) process.stderr.write(`${stack}\n`);
}
