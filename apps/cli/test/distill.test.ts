import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, runCli } from './run-cli.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pagewright-distill-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const answerOf = (verb: string, dump: string, rest: readonly string[]): string => {
  const { stdout, stderr, exitCode } = runCli([verb, dump, ...rest]);
  return `${stdout}${stderr.replaceAll(dump, 'DUMP')}exit ${exitCode}`;
};

describe.each([
  ['x86_64-6.12', '245'],
  ['s390x-6.12', '192'],
])('one process of %s distilled', (guest, pid) => {
  const dump = join(ROOT, 'fixtures/dumps', guest, 'dump.kdump');
  let small = '';
  beforeAll(() => {
    small = join(folder, `${guest}.kdump`);
    writeFileSync(small, 'replaced');
    const { stdout, exitCode } = runCli(['distill', dump, '-o', small, '--pid', pid, '--json']);
    expect(exitCode).toBe(0);
    const { processes, otherProcesses, bytes } = JSON.parse(stdout);
    expect(processes.map((process: { pid: number }) => process.pid)).toEqual([Number(pid)]);
    expect(otherProcesses).toBeGreaterThan(5);
    expect(bytes).toBe(readFileSync(small).length);
  });

  it.each([
    [['inspect']],
    [['inspect', '--entries']],
    [['inspect', '--entries', '--ndjson']],
    [['smaps']],
  ])('%j answers the same, byte for byte', ([verb = '', ...options]) => {
    const rest = ['--pid', pid, ...options];
    const before = answerOf(verb, dump, rest);
    expect(before.length).toBeGreaterThan(2000);
    expect(answerOf(verb, small, rest)).toBe(before);
  });

  it('says of another process that its memory was left out', () => {
    const { stdout, exitCode } = runCli(['inspect', small, '--pid', '1']);
    expect(stdout).toContain('was left out');
    expect(exitCode).toBe(1);
  });
});

it('leaves nothing behind where it cannot write', () => {
  const before = readdirSync(folder);
  const { stdout, exitCode } = runCli([
    'distill',
    join(ROOT, 'fixtures/dumps/s390x-6.12/dump.kdump'),
    '-o',
    join(folder, 'no-such-folder', 'small.kdump'),
  ]);
  expect([stdout, exitCode]).toEqual(['', 2]);
  expect(readdirSync(folder)).toEqual(before);
});
