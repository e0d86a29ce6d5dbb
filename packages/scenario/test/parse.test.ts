import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScenario, scenarioJsonSchema } from '../src/index.js';

const GOOD = `scenario: one page
objects:
  processes: {P: {}}
  vmas:
    V: {flags: rw-p, pages: 2}
steps:
  - write: V
  - page_at: V
    as: page
expect:
  pages: {page: {refcount: 1}}
`;

function problemOf(text: string): string {
  const parsed = parseScenario(text, 'a.yaml');
  return parsed.ok ? 'fine' : parsed.problem.message;
}

describe('mistakes are told with their place, in one line', () => {
  it('the file itself is fine', () => {
    expect(problemOf(GOOD)).toBe('fine');
  });

  it.each([
    [
      'unknown fields',
      ['expect:', 'expekt:'],
      'a.yaml:10:1: unknown field "expekt"; did you mean "expect"?',
    ],
    [
      'misspelt operations',
      ['page_at', 'page_att'],
      'a.yaml:8:5: unknown operation or field "page_att"; did you mean "page_at"?',
    ],
    [
      'names that nothing has',
      ['write: V', 'write: W'],
      'a.yaml:7:12: there is no VMA "W"; did you mean "V"?',
    ],
    [
      'names of the wrong kind',
      ['write: V', 'write: P'],
      'a.yaml:7:12: "P" is a process, and a VMA is meant',
    ],
    ['names that exist already', ['as: page', 'as: V'], 'a.yaml:9:9: "V" is a VMA already'],
    [
      'answers without a name',
      ['- write: V', '- {write: V, as: x}'],
      'a.yaml:7:20: write answers nothing that has a name',
    ],
    [
      'two operations in a step',
      ['- write: V', '- {write: V, read: V}'],
      'a.yaml:7:5: a step has exactly one operation, and this one has read and write',
    ],
    [
      'no operation in a step',
      ['- write: V', '- {label: x}'],
      'a.yaml:7:5: a step has exactly one operation, and this one has none',
    ],
    [
      'values of the wrong type',
      ['pages: 2', 'pages: two'],
      'a.yaml:5:29: expected number, received string',
    ],
    [
      'values out of bounds',
      ['pages: 2', 'pages: 0'],
      'a.yaml:5:29: Too small: expected number to be >=1',
    ],
    ['missing fields', [', pages: 2', ''], 'a.yaml:5:8: the field "pages" is missing'],
    [
      'unknown kernels',
      ['objects:', 'machine: {kernel: "v 6"}\nobjects:'],
      'a.yaml:2:19: kernels such as v6.9',
    ],
    [
      'kernels that nobody knows',
      ['- write: V', '- {write: V, expect: {v6.10: 0}}'],
      'a.yaml:7:25: unknown kernel "v6.10"',
    ],
    [
      'what YAML does not know',
      ['{P: {}}', '{P: {}'],
      'a.yaml:4:3: Flow map in block collection must be sufficiently indented',
    ],
  ])('%s', (_, [from = '', to = ''], message) => {
    expect(problemOf(GOOD.replace(from, to))).toContain(message);
  });
});

describe('hostile files', () => {
  it('never throw, whatever is replaced in them', () => {
    fc.assert(
      fc.property(
        fc.nat(GOOD.length - 1),
        fc.nat(12),
        fc.string({ maxLength: 12 }),
        (at, drop, put) => {
          const text = GOOD.slice(0, at) + put + GOOD.slice(at + drop);
          expect(problemOf(text)).toMatch(/^fine$|^a\.yaml:\d+:\d+: [^\n]+$/);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('with aliases that multiply are refused', () => {
    const bomb = ['a: &a [1,1,1,1,1,1,1,1,1,1]'];
    for (const [name, of] of [...'bcdefgh'].map((each, i) => [each, [...'abcdefg'][i]])) {
      bomb.push(`${name}: &${name} [${Array(10).fill(`*${of}`).join(',')}]`);
    }
    expect(problemOf(bomb.join('\n'))).not.toBe('fine');
  });

  it('that are very long are refused', () => {
    expect(problemOf('#'.repeat(2 << 20))).toMatch('longer than');
  });
});

it('the JSON Schema knows every operation and refuses unknown fields', () => {
  const text = JSON.stringify(scenarioJsonSchema());
  for (const name of ['vm_insert_page', 'remap_pfn_range', 'pin_user_pages', 'fork', 'munmap']) {
    expect(text).toContain(`"${name}"`);
  }
  expect(scenarioJsonSchema()).toMatchObject({ additionalProperties: false });
});
