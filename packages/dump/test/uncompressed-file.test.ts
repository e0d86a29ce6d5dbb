import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { uncompressedFile } from '../src/node/uncompressed-file.js';

const CONTENT = new Uint8Array([1, 2, 3, 4, 5]);
const folder = mkdtempSync(join(tmpdir(), 'uncompressed-'));

/** A zstd frame of one raw block; its header says `size` bytes of content in a field of 1 or 8 bytes. */
function zstdFrame(content: Uint8Array, size: bigint, field: 1 | 8): Uint8Array {
  const header = new Uint8Array(5 + field + 3);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0xfd2fb528, true);
  view.setUint8(4, field === 1 ? 0x20 : 0xe0);
  if (field === 1) view.setUint8(5, Number(size));
  else view.setBigUint64(5, size, true);
  const block = (content.length << 3) | 1;
  header.set([block & 0xff, (block >> 8) & 0xff, block >> 16], 5 + field);
  return new Uint8Array([...header, ...content]);
}

async function read(bytes: Uint8Array) {
  const path = join(folder, 'file');
  writeFileSync(path, bytes);
  const answer = await uncompressedFile(path);
  return answer.ok ? [...answer.value] : answer.problem.code;
}

it.each([
  ['plain', CONTENT],
  ['gzip', new Uint8Array(gzipSync(CONTENT))],
  ['zstd', zstdFrame(CONTENT, 5n, 1)],
  ['zstd with a wide size', zstdFrame(CONTENT, 5n, 8)],
])('%s bytes are read as what they hold', async (_, bytes) => {
  expect(await read(bytes)).toEqual([...CONTENT]);
});

it.each([
  ['gzip cut short', new Uint8Array(gzipSync(CONTENT)).slice(0, 12)],
  ['zstd that says more than it has', zstdFrame(CONTENT, 6n, 1).slice(0, -2)],
  ['zstd that says it is enormous', zstdFrame(CONTENT, 1n << 50n, 8)],
  ['zstd that does not say its size', new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0, 0x58, 1, 0, 0])],
])('%s is refused', async (_, bytes) => {
  expect(await read(bytes)).toBe('bad-compression');
});

it('a file that is not there is said so', async () => {
  const answer = await uncompressedFile(join(folder, 'none'));
  expect(answer.ok ? '' : answer.problem.code).toBe('unreadable-file');
});
