import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Search, type SearchLimits, type SearchResult } from '../src/index.js';
import { Threads } from '../src/node/threads.js';
import { type LongSearchOptions, searchLong } from '../src/node.js';
import { Hand } from '../src/search/hand.js';
import { addRound } from '../src/search/round.js';
import { boundOf, stepperOf } from './forms.js';
import type { Wanted } from './thread.js';

const FORKS = `
bound: Writes, forks and exits
machine: {ram: 6}
objects:
  processes: {P0: {}}
  vmas: {V: {flags: rw-p, pages: 2}}
actions:
  - write: {any: [V, V+1, P1:V, P1:V+1, P2:V]}
  - read: {any: [V, P1:V+1]}
  - fork: {any: [P0, P1]}
    as: {first free of: [P1, P2]}
  - exit: {any: [P1, P2]}
always: [I1, I2, I3]
sometimes: {two have it: {processes: {P2: {anon: 1}}}}
depth: 6
`;
const REUSE = `
bound: An anon_vma gets a second user
machine: {ram: 4}
objects:
  processes: {P0: {}}
  vmas: {V: {flags: rw-p, pages: 1}}
actions:
  - write: {any: [V, P1:V, P2:V]}
  - fork: {any: [P0, P1, P2]}
    as: {first free of: [P1, P2, P3]}
  - exit: {any: [P1, P2]}
always: [I19, I20]
sometimes: {two have it: {processes: {P2: {anon: 1}}}}
`;

const packages = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(packages, '../node_modules/.explore-'));
const file = pathToFileURL(join(folder, 'thread.cjs'));
const checkpoint = join(folder, 'checkpoint');

beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL('thread.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    outfile: fileURLToPath(file),
    logLevel: 'error',
    plugins: [
      {
        name: 'workspace sources',
        setup({ onResolve }) {
          onResolve({ filter: /^@pagewright\// }, ({ path }) => {
            const [, name = '', sub = 'index'] = path.split('/');
            return { path: join(packages, name, 'src', `${sub}.ts`) };
          });
        },
      },
    ],
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

const searchOf = (text: string, kernel: string, limits: SearchLimits = {}, isShared = false) =>
  new Search(stepperOf(boundOf(text), kernel), limits, undefined, isShared);

async function resultOf(search: Search, options: LongSearchOptions): Promise<SearchResult> {
  const result = await searchLong(search, options);
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}

async function withThreads(text: string, kernel: string, count: number): Promise<SearchResult> {
  const wanted: Wanted = { text, kernel };
  const search = searchOf(text, kernel, {}, true);
  const turns = search.turns();
  let step = turns.next();
  const threads = new Threads(search, { count: count - 1, file, wanted });
  while (threads.ready < count - 1) await setTimeout(10);
  while (!step.done) step = turns.next(await threads.expand(step.value));
  await threads.close();
  return step.value;
}

/** Two who take every other state, the last one first. */
function backwards(text: string, kernel: string): SearchResult {
  const search = searchOf(text, kernel);
  const other = new Hand(stepperOf(boundOf(text), kernel), search.table, search.expanders);
  const turns = search.turns();
  for (let step = turns.next(); ; ) {
    if (step.done) return step.value;
    const { from, to } = step.value;
    search.hand.begin();
    other.begin();
    for (let number = to - 1; number >= from; number--) {
      (number % 2 === 0 ? search.hand : other).expand(number);
      if (search.table.isCrowded) search.table.grow();
    }
    const sum = search.hand.result;
    addRound(sum, other.result);
    step = turns.next(sum);
  }
}

describe('searches in several threads', () => {
  it.each([
    ['holds', FORKS, 'v6.12'],
    ['is violated', REUSE, 'v5.18'],
  ])('find what one finds where it %s', { timeout: 120_000 }, async (_, text, kernel) => {
    const alone = searchOf(text, kernel).run();
    expect(alone.states).toBeGreaterThan(300);
    expect(alone.sometimes[0]?.length).toBeGreaterThan(0);
    expect(alone.violations.length).toBe(text === REUSE ? 1 : 0);
    expect(backwards(text, kernel)).toEqual(alone);
    for (const count of [2, 3]) expect(await withThreads(text, kernel, count)).toEqual(alone);
  });

  it('end with a thread that fails', async () => {
    const helpers = { count: 1, file, wanted: { text: FORKS, kernel: 'v6.18' } };
    const longer = FORKS.replace('depth: 6', 'depth: 9');
    const search = searchOf(longer.replace('ram: 6', 'ram: 5'), 'v6.12', {}, true);
    await expect(searchLong(search, { helpers })).rejects.toThrow('begins in another state');
    const many = { ...helpers, count: 16 };
    const other = searchOf(FORKS, 'v6.12', {}, true);
    await expect(searchLong(other, { helpers: many })).rejects.toThrow('at most 16 threads');
  });
});

/** A search that is stopped after some turns, as by a signal, and leaves a checkpoint. */
async function stopped(turns: number): Promise<SearchResult> {
  let left = turns;
  const mustStop = () => (left-- > 0 ? undefined : 'user');
  const search = searchOf(FORKS, 'v6.12', { mustStop });
  return resultOf(search, { checkpoint: { file: checkpoint, seconds: 1e6 } });
}

async function refusal(search: Search): Promise<string> {
  const result = await searchLong(search, { resume: checkpoint });
  if (result.ok) throw new Error('it was not refused');
  return result.problem.message;
}

describe('checkpoints', () => {
  it('let a search go on as if it had never stopped', { timeout: 120_000 }, async () => {
    const whole = searchOf(FORKS, 'v6.12').run();
    const first = await stopped(4);
    expect(first.stoppedBy).toBe('user');
    expect(first.states).toBeLessThan(whole.states);
    const options = { resume: checkpoint };
    expect(await resultOf(searchOf(FORKS, 'v6.12'), options)).toEqual(whole);
    const helpers = { count: 1, file, wanted: { text: FORKS, kernel: 'v6.12' } };
    const shared = searchOf(FORKS, 'v6.12', {}, true);
    expect(await resultOf(shared, { ...options, helpers })).toEqual(whole);
  });

  it('of a search that found a violation end where it ended', async () => {
    const found = await resultOf(searchOf(REUSE, 'v5.18'), {
      checkpoint: { file: checkpoint, seconds: 1e6 },
    });
    expect(found.violations).toHaveLength(1);
    expect(await resultOf(searchOf(REUSE, 'v5.18'), { resume: checkpoint })).toEqual(found);
  });

  it('are there when a search is killed, as they were after the last turn', async () => {
    const whole = searchOf(FORKS, 'v6.12').run();
    let left = 5;
    const die = () => {
      if (left-- === 0) throw new Error('killed');
    };
    const search = new Search(stepperOf(boundOf(FORKS), 'v6.12'), {}, die);
    const options = { checkpoint: { file: checkpoint, seconds: 0 } };
    await expect(searchLong(search, options)).rejects.toThrow('killed');
    writeFileSync(`${checkpoint}.unfinished`, 'what was being written');
    const again = searchOf(FORKS, 'v6.12');
    expect(await resultOf(again, { resume: checkpoint })).toEqual(whole);
  });

  it('are refused by a search of something else', async () => {
    await stopped(3);
    const other = await refusal(searchOf(FORKS, 'v6.9'));
    expect(other).toContain(
      'checkpoint: the checkpoint is of another search: its kernel is v6.12 (',
    );
    expect(other).toContain('not v6.9 (');
    const bound = await refusal(searchOf(FORKS.replace('depth: 6', 'depth: 5'), 'v6.12'));
    expect(bound).toContain('another search: its bound is Writes, forks and exits (');
    expect(other.split('\n')).toHaveLength(1);
  });

  it('are refused when they are damaged, wherever', async () => {
    await stopped(3);
    const bytes = readFileSync(checkpoint);
    const twins: Buffer[] = [
      bytes.subarray(0, 0),
      bytes.subarray(0, 20),
      bytes.subarray(0, bytes.length - 1),
      bytes.subarray(0, bytes.length >> 1),
      Buffer.concat([bytes, Buffer.of(0)]),
    ];
    for (let at = 40; at < bytes.length; at += Math.ceil(bytes.length / 25)) {
      const twin = Buffer.from(bytes);
      twin[at] = (twin[at] as number) ^ 0x10;
      twins.push(twin);
    }
    const newer = Buffer.from(bytes);
    newer[newer.indexOf('2\n')] = 0x33;
    twins.push(newer);
    for (const twin of twins) {
      writeFileSync(checkpoint, twin);
      expect(await refusal(searchOf(FORKS, 'v6.12'))).toContain(`${checkpoint}: `);
    }
    writeFileSync(checkpoint, newer);
    expect(await refusal(searchOf(FORKS, 'v6.12'))).toContain('no checkpoint of this version');
  });

  it('are refused when they are forged, with a hash that is right', async () => {
    await stopped(3);
    const bytes = readFileSync(checkpoint);
    const from = bytes.indexOf('{');
    const to = bytes.indexOf('}}', from) + 2;
    const header = JSON.parse(bytes.subarray(from, to).toString());
    const { findings } = header;
    const far = ['I1', { parent: 1e6, action: 0 }];
    const unknown = ['I1', { parent: 0, action: 1e6 }];
    for (const forged of [
      null,
      { ...header, place: null },
      { ...header, place: { next: 1e9, levelEnd: 2e9, depth: 1 } },
      { ...header, findings: null },
      { ...header, findings: { ...findings, violations: [far] } },
      { ...header, findings: { ...findings, violations: [unknown] } },
    ]) {
      const text = JSON.stringify(forged);
      const length = Buffer.of((text.length & 0x7f) | 0x80, text.length >> 7);
      const head = bytes.subarray(0, bytes.indexOf('\n') + 1);
      const all = Buffer.concat([head, length, Buffer.from(text), bytes.subarray(to, -32)]);
      writeFileSync(checkpoint, Buffer.concat([all, createHash('sha256').update(all).digest()]));
      const message = await refusal(searchOf(FORKS, 'v6.12'));
      expect(message).toContain(`${checkpoint}: the checkpoint is damaged: `);
    }
  });
});
