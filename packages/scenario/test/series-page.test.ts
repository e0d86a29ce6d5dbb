import { findRevision, SERIES, type Series } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import {
  parseScenario,
  type Question,
  type Review,
  review,
  type Scenario,
  seriesData,
  seriesMarkdown,
} from '../src/index.js';
import { allForms } from './forms.js';

const zeropage = SERIES.find(({ name }) => name === 'zeropage-v2') as Series;

function scenario(name: string, text: string): Scenario {
  const parsed = parseScenario(text, `fixtures/scenarios/${name}.yaml`);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}

const text = (kernels: string, step: string): string => `scenario: a driver inserts a page
machine: {form: [x86_64, um], kernel: [${kernels}]}
objects:
  processes: {P: {}}
  pages: {Z: zeropage, U: unreferenced}
  vmas:
    V: {flags: rw-s, pages: 2, ops: {}}
steps:
  - ${step}
`;

const DIFFERS = scenario(
  'differs',
  text('zeropage-v2/1, zeropage-v2/2', '{vm_insert_page: {at: V, page: Z}}'),
);
const SAME = scenario(
  'same',
  text('zeropage-v2/0, zeropage-v2/1', '{vm_insert_page: {at: V, page: Z}}'),
);
const ELSEWHERE = scenario('elsewhere', text('v6.9, v6.12', '{read: V}'));

function reviewed(scenarios: readonly Scenario[], only?: number): Review {
  const made = review(zeropage, scenarios, allForms, only);
  if (!made.ok) throw new Error(made.problem.message);
  return made.value;
}

describe('a series held against runs', () => {
  const { patches } = reviewed([DIFFERS, SAME, ELSEWHERE]);

  it('names the forms on which an effect shows', () => {
    const [, support] = patches;
    expect(support?.shows).toBe('differs on x86_64 um');
    expect(support?.holds).toBe(true);
    expect(support?.comparisons.map((each) => each.scenario.name)).toEqual([DIFFERS.name]);
  });

  it('does not hold where no scenario shows an effect', () => {
    expect(patches.map(({ holds, shows }) => [holds, shows])).toEqual([
      [false, 'the same in every scenario about it'],
      [true, 'differs on x86_64 um'],
      [false, 'no scenario is about it'],
    ]);
  });

  it('is not fooled by steps that the file leaves to one of the two kernels', () => {
    const fooling = scenario(
      'fooling',
      text('zeropage-v2/0, zeropage-v2/1', '{kernels: with page-count-in-validation, read: V}'),
    );
    expect(reviewed([fooling]).patches[0]?.shows).toBe('the same in every scenario about it');
  });

  it('of one patch alone has that one', () => {
    expect(reviewed([DIFFERS], 2).patches.map(({ n }) => n)).toEqual([2]);
  });

  it('as JSON: paths, texts and companions', () => {
    const { name, base, patches: data, companions } = seriesData(reviewed([DIFFERS]));
    expect([name, base]).toEqual(['zeropage-v2', 'zeropage-v2/0']);
    expect(findRevision(base).ok).toBe(true);
    expect(data[1]).toMatchObject({ n: 2, effect: true, inferred: expect.any(Boolean) });
    expect(data[1]?.scenarios).toEqual(['fixtures/scenarios/differs.yaml']);
    expect(companions.map(({ id }) => id)).toContain('large-mapcount');
  });
});

describe('the page', () => {
  const question: Question = {
    series: 'zeropage-v2',
    question: 'Is it mapped?',
    scenarios: ['differs'],
    answer: 'Before it is.',
  };
  const page = (asked: Question) =>
    seriesMarkdown([reviewed([DIFFERS])], [asked], [DIFFERS], allForms);

  it('has a row for each patch, and the runs that answer a question', () => {
    const made = page(question);
    if (!made.ok) throw new Error(made.problem.message);
    expect(made.value).toMatch(/\| 2 \| mm\/memory: cleanly support .* \| differs on x86_64 um \|/);
    expect(made.value).toContain('### Is it mapped?\n\nBefore it is.\n');
    expect(made.value).toContain('x86_64, zeropage-v2/1:\n  1. vm_insert_page V page=Z = 0\n');
    expect(made.value).toContain(
      'x86_64, zeropage-v2/2:\n  1. vm_insert_page V page=Z = -EINVAL\n',
    );
  });

  it('refuses answers by scenarios that do not exist', () => {
    const made = page({ ...question, scenarios: ['gone'] });
    expect(made.ok ? 'fine' : made.problem.message).toBe('there is no scenario "gone"');
  });
});
