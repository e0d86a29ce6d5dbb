// Other programs, a few at a time; none of them outlives this process.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { whenLeaving } from './leaving.mjs';

const LIMIT = availableParallelism() + 1;
const running = new Set();
const waiting = [];

whenLeaving(() => {
  for (const child of running) process.kill(-child.pid, 'SIGKILL');
});

/** Runs a program to its end, whatever that is: its status and what it said. */
export async function run(command, args, { cwd, env } = {}) {
  while (running.size >= LIMIT) await new Promise((resolve) => waiting.push(resolve));
  // Of a group of its own, so that what it started itself ends with it.
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8').on('data', (text) => {
      said[stream] += text;
    });
  }
  try {
    const status = await new Promise((resolve, reject) => {
      child.on('error', reject).on('close', resolve);
    });
    return { status, ...said };
  } finally {
    running.delete(child);
    waiting.shift()?.();
  }
}

/** Runs a program that must succeed, and answers its standard output. */
export async function output(command, args, options) {
  const { status, stdout, stderr } = await run(command, args, options);
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
}
