import { createReadStream } from 'node:fs';
import { fail, ok, type Result } from '@pagewright/core';
import { Triage } from '@pagewright/triage';
import type { Command } from 'commander';
import { allBackends } from '../backends.js';
import { STANDARD_INPUT } from '../input/standard-input.js';
import { progressDone, slowProgress } from '../progress.js';
import { triageDocument } from '../triage/document.js';
import { type Answer, examples, type Reply } from '../verb.js';

interface TriageChoices {
  readonly arch?: string;
  readonly kernel?: string;
}

/** `pagewright triage`. */
export function define(command: Command, reply: Reply): void {
  command
    .argument('[file]', 'a kernel log: dmesg, journal, syslog, mail; - for standard input', '-')
    .option('--arch <arch>', 'architecture, where the log does not say or says it wrongly')
    .option('--kernel <revision>', 'judge as this kernel, not as the one that the log shows')
    .addHelpText(
      'after',
      examples(
        ['pagewright triage fixtures/logs/dax-arm64.log', 'What happened to page tables, by a log'],
        [
          'grep -v usb fixtures/logs/dax-arm64.log | pagewright triage --json',
          'What comes through a pipe, for programs',
        ],
        [
          'pagewright triage fixtures/logs/one-line.log --arch arm32',
          'A line that does not say where it is from',
        ],
      ),
    )
    .action((file: string, options: TriageChoices) => reply(triageLog(file, options)));
}

/** Bytes that are read at once. */
const PIECE = 1 << 18;

/** Says what happened to page tables; exit code 1 when anything did. */
export async function triageLog(file: string, choices: TriageChoices): Promise<Result<Answer>> {
  const triage = Triage.of(await allBackends(), choices);
  if (!triage.ok) return triage;
  const name = file === '-' ? STANDARD_INPUT : file;
  const say = slowProgress();
  let read = 0;
  try {
    const stream = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: PIECE });
    for await (const piece of stream as AsyncIterable<Uint8Array>) {
      triage.value.write(piece);
      read += piece.length;
      say(() => `${name}: ${read >> 20} MiB`);
    }
  } catch (error) {
    const { code = 'EIO' } = error as NodeJS.ErrnoException;
    return fail('cannot-read', `${name}: cannot be read (${code})`, { file: name, code });
  } finally {
    progressDone();
  }
  const result = triage.value.end();
  const exitCode = result.incidents.length === 0 ? 0 : 1;
  return ok({ document: triageDocument(name, result), exitCode });
}
