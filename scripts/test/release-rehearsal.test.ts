import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundledBytes } from '../bundled-bytes.mjs';
import { exampleProgram, packagesToInstall } from '../release-rehearsal/readme.mjs';

const REHEARSAL = fileURLToPath(new URL('../release-rehearsal.mjs', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagewright-rehearsal-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Starts a rehearsal whose temporary folders are made in `place`. */
function rehearsal(place: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, [REHEARSAL, ...args], {
    env: { ...process.env, TMPDIR: place },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, said, ended };
}

const mayConnect = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
  });

describe('a rehearsal', () => {
  test('says in one line that its port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const { said, ended } = rehearsal(folder, '--port', `${port}`);
    expect(await ended).toBe(1);
    expect(said).toEqual({
      stdout: '',
      stderr: `release-rehearsal: the port ${port} is taken\n`,
    });
    expect(readdirSync(folder)).toEqual([]);
    server.close();
  });

  test.each(['here', '65536'])('says in one line that %s is no port', async (port) => {
    const { said, ended } = rehearsal(folder, '--port', port);
    expect(await ended).toBe(1);
    expect(said).toEqual({
      stdout: '',
      stderr: `release-rehearsal: the port ${port} cannot be used: ERR_SOCKET_BAD_PORT\n`,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('says in one line that it cannot store anything', async () => {
    const { said, ended } = rehearsal('/dev/null/nowhere');
    expect(await ended).toBe(1);
    expect(said).toEqual({
      stdout: '',
      stderr: 'release-rehearsal: no folder can be made in /dev/null/nowhere: ENOTDIR\n',
    });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('leaves nothing behind after %s', async (signal, status) => {
    const { child, said, ended } = rehearsal(folder);
    // By then it has a registry, and other programs run for it.
    await expect.poll(() => readdirSync(folder).length, { timeout: 20_000 }).toBe(1);
    await expect.poll(() => said.stdout, { timeout: 20_000 }).toContain('registry at');
    const [, port] = /registry at 127\.0\.0\.1:(\d+)/.exec(said.stdout) ?? [];
    const place = join(folder, readdirSync(folder)[0] ?? '');
    await expect.poll(() => readdirSync(place), { timeout: 20_000 }).toContain('clone');
    expect(await mayConnect(Number(port))).toBe(true);
    child.kill(signal);
    expect(await ended).toBe(status);
    expect(await mayConnect(Number(port))).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('a bundle for browsers cannot hold what only Node has', async () => {
  await expect(bundledBytes("import 'node:fs';", '.')).rejects.toThrow(/node:fs/);
  expect(await bundledBytes('', '.')).toBeLessThan(100);
});

describe('a README', () => {
  const readme = [
    '```sh',
    'npm i -D @pagewright/core @pagewright/arch-x86',
    '```',
    '```ts',
    'const two: number = 1 + 1;',
    '[two]; // => [2]',
    '```',
    '```ts',
    'other(); // => 1',
    '```',
  ];

  test('says what to install', () => {
    expect(packagesToInstall(readme.join('\n'))).toEqual([
      '@pagewright/core',
      '@pagewright/arch-x86',
    ]);
    expect(packagesToInstall('nothing')).toEqual([]);
  });

  test('has a first example, whose promises are asked for', () => {
    const { source, promises } = exampleProgram(readme.join('\n'));
    expect(promises).toBe(1);
    expect(source).toContain('same([two], [2]);');
    expect(source).not.toContain('other');
  });

  test('that promises nothing is no proof', () => {
    expect(() => exampleProgram('```ts\nconst a = 1;\n```\n')).toThrow('promises nothing');
  });
});
