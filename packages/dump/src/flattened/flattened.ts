import { fail, ok, type Result } from '@pagewright/core';
import { type ByteSource, readBytes } from '../bytes.js';
import { Fields } from '../fields.js';
import { text } from '../notes.js';
import { type Chunk, latestWins, pieceBelow } from './chunks.js';

const SIGNATURE = 'makedumpfile';
const HEADER_BYTES = 4096;
const CHUNK_HEADER_BYTES = 16;
const END_MARK = -1n;
/** Offsets are kept as numbers; no file is longer. */
const MOST_OFFSET = BigInt(Number.MAX_SAFE_INTEGER);
/** Chunks of 64 KiB, as makedumpfile writes them, of half a terabyte; each costs some 100 bytes. */
const MOST_CHUNKS = 1 << 23;

/**
 * Bytes that nobody wrote, beside as many as the file has: writers leave next to none, and whoever
 * reads bounds the work by the size of what is read.
 */
const MOST_HOLES = 1n << 26n;

/** True for files in makedumpfile's flattened form (`-F`, and what QEMU writes). */
export function isFlattened(source: ByteSource): boolean {
  return source.byteCount >= 16n && text(source.read(0n, 16)) === SIGNATURE;
}

/**
 * The file that a flattened one stands for, read in place: its chunks are indexed and none is
 * copied. A chunk written later replaces what earlier ones put at the same place, and what none
 * wrote is zero. Codes: `truncated` for a file without its end mark, `bad-flattened`.
 */
export function unflattened(source: ByteSource): Result<ByteSource> {
  const indexed = indexChunks(source);
  if (!indexed.ok) return indexed;
  const pieces = latestWins(indexed.value);
  const last = pieces.at(-1);
  const byteCount = BigInt(last === undefined ? 0 : last.start + last.length);
  if (byteCount > 2n * source.byteCount + MOST_HOLES) {
    const why = `its chunks stand for a file of ${byteCount} bytes, nearly all of it holes`;
    return fail('bad-flattened', `${source.name}: ${why}`, { byteCount });
  }
  return ok({
    name: source.name,
    byteCount,
    read: (offset, length) => readPieces(source, pieces, Number(offset), length),
  });
}

/** struct makedumpfile_header and _data_header: 64-bit big-endian numbers on every machine. */
function indexChunks(source: ByteSource): Result<Chunk[]> {
  const head = readBytes(source, 0n, HEADER_BYTES);
  if (!head.ok) return head;
  const header = new Fields(head.value, false, 64);
  const [type, version] = [header.double(16), header.double(24)];
  if (type !== 1n || version !== 1n) {
    return fail('bad-flattened', `${source.name}: flattened form ${type}.${version} is not known`);
  }
  const chunks: Chunk[] = [];
  let at = BigInt(HEADER_BYTES);
  for (;;) {
    const found = readBytes(source, at, CHUNK_HEADER_BYTES);
    if (!found.ok) return found;
    const fields = new Fields(found.value, false, 64);
    const start = BigInt.asIntN(64, fields.double(0));
    const length = BigInt.asIntN(64, fields.double(8));
    if (start === END_MARK && length === END_MARK) return ok(chunks);
    const data = at + BigInt(CHUNK_HEADER_BYTES);
    if (start < 0n || length <= 0n || start + length > MOST_OFFSET) {
      return fail('bad-flattened', `${source.name}: chunk at ${at}: ${length} bytes for ${start}`);
    }
    if (data + length > source.byteCount) {
      return fail('truncated', `${source.name}: chunk at ${at} has ${length} bytes, the file ends`);
    }
    if (chunks.length === MOST_CHUNKS) {
      return fail('bad-flattened', `${source.name}: more than ${MOST_CHUNKS} chunks`);
    }
    chunks.push({ start: Number(start), length: Number(length), from: Number(data) });
    at = data + length;
  }
}

function readPieces(
  source: ByteSource,
  pieces: readonly Chunk[],
  offset: number,
  length: number,
): Uint8Array {
  let index = pieceBelow(pieces, offset);
  const first = pieces[index];
  if (first !== undefined && offset + length <= first.start + first.length) {
    return source.read(BigInt(first.from + (offset - first.start)), length);
  }
  const out = new Uint8Array(length);
  for (index = Math.max(index, 0); index < pieces.length; index++) {
    const { start, length: size, from } = pieces[index] as Chunk;
    if (start >= offset + length) break;
    const begin = Math.max(start, offset);
    const end = Math.min(start + size, offset + length);
    if (begin >= end) continue;
    out.set(source.read(BigInt(from + (begin - start)), end - begin), begin - offset);
  }
  return out;
}
