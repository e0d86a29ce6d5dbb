import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../node_modules/.bin', import.meta.url));

/** What a program of `node_modules` said and how it ended; never rejects for a failing one. */
export function run(command, args, cwd = '.') {
  return new Promise((resolve, reject) => {
    const child = spawn(command === 'tar' ? command : join(BIN, command), args, { cwd });
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => said.push(part));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, said: Buffer.concat(said).toString() }));
  });
}

/**
 * Packs the package in `folder` as its release does, below `into`.
 * @returns its archive, and the folder with what users get of it
 */
export async function pack(folder, into) {
  const archive = join(into, `${basename(folder)}.tgz`);
  const unpacked = join(into, basename(folder));
  mkdirSync(unpacked, { recursive: true });
  await must(run('pnpm', ['pack', '--out', archive], folder));
  await must(run('tar', ['-xzf', archive, '-C', unpacked, '--strip-components=1']));
  return { archive, unpacked };
}

async function must(running) {
  const { status, said } = await running;
  if (status !== 0) throw new Error(said);
}
