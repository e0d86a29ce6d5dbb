import { fail, ok, type Result } from '@pagewright/core';

/** Name of standard input in messages. */
export const STANDARD_INPUT = 'standard input';
/** Most bytes that are read: some ten thousand entries are far below. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Reads standard input to its end; code `input-too-long` beyond 64 MiB. */
export async function readStandardInput(): Promise<Result<string>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) {
      return fail('input-too-long', `${STANDARD_INPUT}: more than ${MOST_BYTES} bytes`, { bytes });
    }
    chunks.push(chunk);
  }
  return ok(Buffer.concat(chunks).toString('utf8'));
}
