import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './run-cli.js';

const MAIN = join(ROOT, 'apps/cli/dist/main.js');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagewright-terminal-'));
  // Far more states than anybody waits for.
  const bound = readFileSync(join(ROOT, 'bench/spin/three-processes.yaml'), 'utf8');
  writeFileSync(join(folder, 'long.yaml'), bound.replace(/ram: \d+/, 'ram: 8'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a program has written so far, and when it ended. */
class Running {
  stdout = '';
  stderr = '';
  readonly ended: Promise<number | null>;

  constructor(readonly child: ChildProcess) {
    child.stdout?.on('data', (data) => {
      this.stdout += data;
    });
    child.stderr?.on('data', (data) => {
      this.stderr += data;
    });
    this.ended = new Promise((resolve) => {
      child.on('close', resolve);
    });
  }

  /** Waits until it has written something. */
  async until(pattern: RegExp): Promise<void> {
    const end = performance.now() + 60_000;
    while (!pattern.test(this.stdout)) {
      if (performance.now() > end) throw new Error(`it wrote: ${this.stdout}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Runs the program on a terminal of its own, of 100 columns: a pseudo-terminal, as `script` makes one. */
function onTerminal(args: readonly string[]): Running {
  const words = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ');
  const command = `stty cols 100; exec ${words}`;
  return new Running(spawn('script', ['-qefc', command, '/dev/null'], { cwd: folder }));
}

const PROGRESS = /\r.\[K(\d+) states, \d+ transitions\/s, depth \d+, queue \d+, \d+ MB, \d+ % dup/;

describe('a search on a terminal', { timeout: 120_000 }, () => {
  it('tells how far it is, and on Ctrl-C what is known, with a checkpoint to go on from', async () => {
    const first = onTerminal(['explore', 'long.yaml']);
    await first.until(PROGRESS);
    // Ctrl-C, as the keyboard sends it.
    first.child.stdin?.write('\x03');
    expect(await first.ended).toBe(0);
    const said =
      /\[K(?:[^\r]*\r\n)+no violation in (\d+) states up to depth \d+; stopped by user\r\n/;
    expect(first.stdout).toMatch(said);
    expect(first.stdout).toContain('(--resume long.checkpoint goes on from here)');
    const states = Number(said.exec(first.stdout)?.[1]);
    expect(existsSync(join(folder, 'long.checkpoint'))).toBe(true);

    const second = onTerminal(['explore', 'long.yaml', '--resume', 'long.checkpoint']);
    await second.until(PROGRESS);
    expect(Number(PROGRESS.exec(second.stdout)?.[1])).toBeGreaterThan(states);
    second.child.stdin?.write('\x03');
    expect(await second.ended).toBe(0);
  });

  it('tells how far walks at random are', async () => {
    const running = onTerminal([
      'explore',
      'long.yaml',
      '--mode',
      'random',
      '--walks',
      '100000000',
    ]);
    await running.until(/\r.\[K\d+ walks, \d+ transitions/);
    running.child.stdin?.write('\x03');
    expect(await running.ended).toBe(0);
    expect(running.stdout).toMatch(/no violation in \d+ walks, \d+ transitions from seed 1 on\r\n/);
  });

  it('searches no other bound after Ctrl-C', async () => {
    writeFileSync(
      join(folder, 'expected.yaml'),
      `${readFileSync(join(folder, 'long.yaml'), 'utf8')}expect: {v6.18: holds}\n`,
    );
    const checking = onTerminal(['explore', 'expected.yaml', '--check']);
    await checking.until(PROGRESS);
    checking.child.stdin?.write('\x03');
    expect(await checking.ended).toBe(2);
    expect(checking.stdout).toContain('interrupted before all bounds were searched');
  });
});

it('says nothing of a search where there is no terminal', { timeout: 60_000 }, async () => {
  const running = new Running(
    spawn(process.execPath, [MAIN, 'explore', 'long.yaml', '--json'], { cwd: folder }),
  );
  await new Promise((resolve) => setTimeout(resolve, 3000));
  running.child.kill('SIGINT');
  expect(await running.ended).toBe(0);
  expect(running.stderr).toBe('');
  expect(JSON.parse(running.stdout)).toMatchObject({
    finished: false,
    stoppedBy: 'user',
    checkpoint: 'long.checkpoint',
  });
});
