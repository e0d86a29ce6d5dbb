import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ProcessTruth } from '../src/process/described.js';
import { ROOT, runCli } from './run-cli.js';

const GUESTS = ['x86_64-6.12', 'arm64-6.12', 's390x-6.12'] as const;
const truthOf = (guest: string): ProcessTruth =>
  JSON.parse(readFileSync(join(ROOT, 'fixtures/processes', guest, 'truth.json'), 'utf8'));

// `npx vitest run -u apps/cli/test/demo` writes what is printed now: read the diff.
it.each(GUESTS)('shows the process of %s as expected', async (guest) => {
  const { stdout, stderr, exitCode } = runCli(['demo', '--guest', guest]);
  expect([stderr, exitCode]).toEqual(['', 0]);
  const shown = stdout.slice(stdout.indexOf('A real process'));
  await expect(shown).toMatchFileSnapshot(`expected/demo-${guest}.txt`);
});

it('is what runs without arguments in the repository, in lines of at most 100 columns', () => {
  const { stdout, stderr, exitCode } = runCli([]);
  expect([stderr, exitCode]).toEqual(['', 0]);
  expect(stdout).toBe(runCli(['demo']).stdout);
  expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

it.each(GUESTS)('%s: the numbers are those of the kernel', (guest) => {
  const { data } = { data: JSON.parse(runCli(['demo', '--guest', guest, '--json']).stdout) };
  expect(data.schema).toBe('pagewright/demo/1');
  for (const { agreement } of [
    data.process,
    ...data.others.map((o: object) => ({ agreement: o })),
  ]) {
    expect(agreement.differences).toEqual([]);
  }
  const truth = truthOf(guest);
  const present = truth.pages
    .filter(([, word]) => BigInt(word) >> 63n === 1n)
    .reduce((sum, [, , count]) => sum + count, 0);
  expect(data.process.agreement.presentPages).toBe(present);
  type Range = { kind: string; answer?: string; entries: number; pages: number; level: string };
  const ranges: Range[] = data.process.vmas.flatMap((vma: { ranges: Range[] }) => vma.ranges);
  const entries = (answer: string, level: string) =>
    ranges
      .filter((range) => range.answer === answer && range.level === level)
      .reduce((sum, range) => sum + range.entries, 0);
  for (const [level, traced] of [
    ['pte', truth.vmNormalPage],
    ['pmd', truth.vmNormalPagePmd],
  ] as const) {
    expect(entries('page', level)).toBe(traced.filter(([, , pfn]) => pfn !== null).length);
    expect(entries('none', level)).toBe(traced.filter(([, , pfn]) => pfn === null).length);
  }
});

it('tells of an entry whose verdict changed', () => {
  const { revisions } = JSON.parse(runCli(['demo', '--json']).stdout);
  type Verdict = { kernel: string; answer: string };
  const answers = (verdicts: Verdict[]) =>
    Object.fromEntries(verdicts.map(({ kernel, answer }) => [kernel, answer]));
  expect(answers(revisions[0].verdicts)).toMatchObject({ 'v6.12': 'none', 'v6.17': 'bad' });
  expect(answers(revisions[1].verdicts)).toMatchObject({ 'v6.12': 'none', 'v6.18': 'page' });
});

it('names the guests when it does not know one', () => {
  const { stdout, stderr, exitCode } = runCli(['demo', '--guest', 'sparc']);
  expect([stdout, exitCode]).toEqual(['', 2]);
  expect(stderr).toBe(
    'pagewright: unknown guest "sparc"; known: arm64-6.12, s390x-6.12, x86_64-6.12\n',
  );
});

it('prints help instead where the fixtures are not, as when installed alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pagewright-alone-'));
  const cli = join(ROOT, 'apps/cli');
  cpSync(join(cli, 'dist'), join(folder, 'a/b/dist'), { recursive: true });
  cpSync(join(cli, 'package.json'), join(folder, 'a/b/package.json'));
  symlinkSync(join(cli, 'node_modules'), join(folder, 'a/b/node_modules'));
  const alone = spawnSync(process.execPath, [join(folder, 'a/b/dist/main.js')], {
    encoding: 'utf8',
  });
  const demo = spawnSync(process.execPath, [join(folder, 'a/b/dist/main.js'), 'demo'], {
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true });
  expect([alone.status, alone.stderr]).toEqual([0, '']);
  expect(alone.stdout).toMatch(/^Usage: pagewright /);
  expect([demo.status, demo.stderr]).toEqual([
    2,
    'pagewright: the demo needs the fixtures of the repository\n',
  ]);
});
