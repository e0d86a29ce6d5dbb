import { spawnSync } from 'node:child_process';
import { ftruncateSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readBytes } from '../src/index.js';
import { type FileSource, openFile } from '../src/node.js';

const folder = mkdtempSync(join(tmpdir(), 'pagewright-dump-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);

function opened(name: string): FileSource {
  const file = openFile(path(name));
  if (!file.ok) throw new Error(file.problem.message);
  return file.value;
}

test('reads within a block, across blocks, and the last byte', () => {
  const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7) & 0xff);
  writeFileSync(path('plain'), bytes);
  const file = opened('plain');
  expect(file.byteCount).toBe(200_000n);
  for (const [offset, length] of [
    [0, 8],
    [65_530, 16],
    [65_536, 65_536],
    [1000, 150_000],
    [199_999, 1],
  ] as const) {
    expect(file.read(BigInt(offset), length)).toEqual(bytes.slice(offset, offset + length));
  }
  expect(readBytes(file, 199_999n, 2)).toMatchObject({ ok: false, problem: { code: 'truncated' } });
  file.close();
});

test('a huge file costs no memory: the cache stays small', () => {
  const descriptor = openSync(path('huge'), 'w');
  ftruncateSync(descriptor, 2 ** 40);
  const file = opened('huge');
  const buffers = new Set<ArrayBufferLike>();
  for (let i = 0; i < 1000; i++) buffers.add(file.read(BigInt(i) << 30n, 8).buffer);
  expect(buffers.size).toBeLessThanOrEqual(64);
  file.close();
});

test('a file that shrinks while it is open reads as zeros, not as old bytes of another block', () => {
  writeFileSync(path('shrinks'), new Uint8Array(200_000).fill(7));
  const file = opened('shrinks');
  expect(file.read(0n, 1)).toEqual(Uint8Array.of(7));
  truncateSync(path('shrinks'), 100);
  expect(file.read(199_990n, 2)).toEqual(Uint8Array.of(0, 0));
  file.close();
});

test('what cannot be read at random is refused at once', () => {
  expect(spawnSync('sh', ['-c', 'mkfifo "$1"', 'sh', path('pipe')]).status).toBe(0);
  for (const name of ['pipe', '.']) {
    const file = openFile(path(name));
    expect(file.ok ? 'opened' : file.problem.code).toBe('not-a-file');
  }
  const missing = openFile(path('missing'));
  expect(!missing.ok && missing.problem.message).toMatch(/missing: cannot be opened \(ENOENT\)$/);
});
