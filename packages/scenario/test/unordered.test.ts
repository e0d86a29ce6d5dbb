import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findRevision } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import {
  bisect,
  parseScenario,
  resultData,
  resultLines,
  runAll,
  succeededAll,
} from '../src/index.js';
import { allForms } from './forms.js';

const START = `scenario: two at once
machine: {form: x86_64, kernel: v6.18}
objects:
  processes: {P: {}}
  vmas:
    V: {flags: rw-p, pages: 2}
steps:
  - {write: V}
  - {page_at: V, as: page}
`;
const RACE = `  - {begin_gup_fast: {at: V, flags: [PIN, WRITE]}, as: gup}
  - {begin_try_to_migrate: V, as: move}
`;
const [GUP, MOVE] = [3, 5].map((steps, i) =>
  Array.from({ length: steps }, () => `advance: ${['gup', 'move'][i]}`).join(', '),
);
const PARTS = `unordered: {gup: [${GUP}], move: [${MOVE}]}`;

const problemOf = (rest: string): string => {
  const parsed = parseScenario(START + rest, 'a.yaml');
  return parsed.ok ? 'fine' : parsed.problem.message.replace(/^a\.yaml:\d+:\d+: /, '');
};

function resultOf(rest: string) {
  const parsed = parseScenario(START + rest, 'a.yaml');
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const result = runAll(parsed.value, allForms, { trace: false });
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}

const failuresOf = (rest: string): readonly string[] =>
  resultOf(rest).runs.flatMap(({ steps }) => steps.flatMap(({ failures }) => failures));

describe('mistakes of unordered steps', () => {
  const two = 'unordered: {a: [write: V], b: [read: V]}';
  it.each([
    ['one part', 'unordered: {a: [write: V]}', 'two parts or more can be unordered'],
    [
      'an operation beside them',
      `${two}, write: V`,
      'a step has exactly one operation, and this one has write',
    ],
    [
      'names in parts',
      'unordered: {a: [write: W], b: [read: V]}',
      'there is no VMA "W"; did you mean "V"?',
    ],
    [
      'operations in parts',
      'unordered: {a: [wrote: V], b: [read: V]}',
      'unknown operation or field "wrote"; did you mean "write"?',
    ],
    [
      'an order that is too short',
      `${two}, order: [a]`,
      '"b" has 1 steps, and 0 stand in the order',
    ],
    ['an order of others', `${two}, order: [a, b, c]`, 'there is no part "c"'],
    [
      'counts of no condition',
      `${two}, orders: {bad: 0}`,
      'there is no condition "bad"; there are total',
    ],
    ['kernels that nobody knows', `${two}, orders: {total: {v9: 2}}`, 'unknown kernel "v9"'],
    [
      'too many orders',
      `unordered: {a: [${'read: V, '.repeat(12)}], b: [${'read: V, '.repeat(12)}]}`,
      'its parts run in more than 50000 orders: name one as `order`',
    ],
    [
      'fields of unordered steps elsewhere',
      'write: V, after: [read: V]',
      'only a step with `unordered` has `after`',
    ],
  ])('%s', (_, step, message) => {
    expect(problemOf(`  - {${step}}\n`)).toContain(message);
  });

  it('steps and states after many orders', () => {
    expect(problemOf(`  - {${two}}\n  - {read: V}\n`)).toBe(
      'it is the last step: what follows each order stands in its `after`',
    );
    expect(problemOf(`  - {${two}}\nexpect: {tainted: false}\n`)).toBe(
      'there are many last states: each is checked in `after` of the last step',
    );
    expect(
      problemOf(`  - {${two}, order: [a, b]}\n  - {read: V}\nexpect: {tainted: false}\n`),
    ).toBe('fine');
  });
});

describe('unordered steps', () => {
  it('run in every order, and tell those apart that came to something else', () => {
    const rest = `  - unordered: {a: [{write: {at: V, content: 1}}], b: [{write: {at: V, content: 2}}]}\n`;
    const [run] = resultOf(rest).runs;
    const orders = run?.steps.at(-1)?.orders;
    expect(orders?.total).toBe(2);
    expect(orders?.outcomes.map(({ count, first }) => [count, first])).toEqual([
      [1, ['a', 'b']],
      [1, ['b', 'a']],
    ]);
    expect(
      resultOf('  - unordered: {a: [{read: V}], b: [{read: V+1}]}\n').runs[0]?.steps.at(-1)?.orders
        ?.outcomes,
    ).toHaveLength(1);
  });

  it('leave out orders in which somebody must wait', () => {
    const orders = resultOf(`${RACE}  - ${PARTS}\n`).runs[0]?.steps.at(-1)?.orders;
    expect(orders?.total).toBe(38);
    expect(orders?.outcomes.map(({ count }) => count)).toEqual([1, 2, 35]);
  });

  it('count conditions, and what is counted otherwise is a failure', () => {
    const counted = (orders: string) =>
      failuresOf(
        `${RACE}  - {${PARTS}, conditions: {pinned: {pages: {page: {pinned: true}}}}, orders: {${orders}}}\n`,
      );
    expect(counted('total: 38, pinned: 1')).toEqual([]);
    expect(counted('pinned: sometimes, total: always')).toEqual([]);
    expect(counted('total: {v6.9: 1, all: 38}')).toEqual([]);
    expect(counted('total: 20, pinned: never')).toEqual([
      'total: expected 20, found 38',
      'pinned: expected never, found sometimes',
    ]);
  });

  it('do what follows after each order, and tell in how many it fails', () => {
    const check = 'check: {pages: {page: {pinned: false}}}';
    expect(failuresOf(`${RACE}  - {${PARTS}, after: [${check}]}\n`)).toEqual([
      'in 1 of 38 orders, first gup gup gup move move move move move: ' +
        'check: page: pinned is true, expected false',
    ]);
  });

  it('run in the one order that is named, and the scenario goes on from there', () => {
    const order = 'order: [gup, gup, gup, move, move, move, move, move]';
    const rest = `${RACE}  - {${PARTS}, ${order}}\nexpect: {pages: {page: {pinned: true, mapcount: 1}}}\n`;
    expect(succeededAll(resultOf(rest))).toBe(true);
    const impossible = 'order: [gup, move, move, gup, gup, move, move, move]';
    expect(failuresOf(`${RACE}  - {${PARTS}, ${impossible}}\n`)).toEqual([
      'in 1 of 1 orders, first gup move: nobody can go on, what is next must wait',
    ]);
  });

  it('wait for page tables that are locked', () => {
    const rest = `  - {begin_try_to_migrate: V, as: move}
  - unordered: {move: [${MOVE}], other: [{write: V+1}]}
`;
    expect(resultOf(rest).runs[0]?.steps.at(-1)?.orders?.total).toBe(2);
  });

  it('are not needed for one step more, but what must wait cannot be next', () => {
    const begun = `${RACE}  - {advance: move, expect: clears the entry}\n`;
    expect(failuresOf(`${begun}  - {advance: gup, expect: finds nothing to take}\n`)).toEqual([]);
    expect(() => resultOf(`${begun}  - {write: V}\n`)).toThrow(
      'write must wait for an operation in progress',
    );
    const looked = `${RACE}  - advance: gup\n  - advance: move\n`;
    expect(failuresOf(`${looked}  - {advance: move, expect: waits}\n`)).toEqual([]);
  });

  it('are told apart by what their orders came to when kernels are bisected', () => {
    const file = '../../../fixtures/scenarios/rmap-log-07-gup-fast-migrate.yaml';
    const text = readFileSync(join(import.meta.dirname, file), 'utf8');
    const parsed = parseScenario(text, 'a.yaml');
    const [from, to] = ['v5.18', 'v6.1'].map(findRevision);
    if (!parsed.ok || !from?.ok || !to?.ok) throw new Error('it cannot be read');
    const found = bisect(parsed.value, allForms, 'x86_64', from.value, to.value);
    expect(found.ok && found.value.found?.step).toMatchObject({ change: { id: 'anon-exclusive' } });
  });

  it('stand in JSON, with verdicts', () => {
    const rest = `${RACE}  - {${PARTS}, conditions: {pinned: {pages: {page: {pinned: true}}}}}\n`;
    const step = resultData(resultOf(rest)).runs[0]?.steps.at(-1);
    expect(step?.orders?.conditions).toEqual([{ name: 'pinned', count: 1, verdict: 'sometimes' }]);
    expect(step?.orders?.outcomes[0]).toMatchObject({ count: 1, stuck: false });
    expect(step?.orders?.outcomes[0]?.parts.map(({ name, steps }) => [name, steps.length])).toEqual(
      [
        ['gup', 3],
        ['move', 5],
      ],
    );
    expect(JSON.parse(JSON.stringify(step))).toEqual(step);
  });

  it('are printed by outcome, with the first order of each', () => {
    const lines = resultLines(resultOf(`${RACE}  - ${PARTS}\n`));
    expect(lines).toContain('  5. unordered gup (3), move (5) = 38 orders');
    expect(lines).toContain('       2 orders, the first: gup gup move gup move move move move');
    expect(lines).toContain(
      '         gup: reads the entry; takes the reference; entry changed: gives it back',
    );
  });
});
