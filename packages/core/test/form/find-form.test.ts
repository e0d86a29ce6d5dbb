import { expect, test } from 'vitest';
import { findForm, type HeaderGeneration } from '../../src/index.js';

const SPECS = [
  { name: 'old', headers: ['6.1', '6.12'] },
  { name: 'new', headers: ['7.2'] },
] as const;
const find = (name: string, headers?: HeaderGeneration) => findForm('some', SPECS, name, headers);

test('the newest generation that a form has is meant when none is named', () => {
  expect(find('old')).toEqual({ ok: true, value: { spec: SPECS[0], headers: '6.12' } });
  expect(find('old', '6.1')).toMatchObject({ ok: true, value: { headers: '6.1' } });
});

test('a name or a generation that does not exist is refused', () => {
  const cut = 'x'.repeat(40);
  expect(find('x'.repeat(1000))).toEqual({
    ok: false,
    problem: {
      code: 'unknown-form',
      message: `some has no form "${cut}"`,
      evidence: { name: cut },
    },
  });
  for (const headers of ['6.1', '5.4' as HeaderGeneration] as const) {
    expect(find('new', headers)).toMatchObject({
      ok: false,
      problem: { code: 'unknown-form', message: `new does not exist with headers ${headers}` },
    });
  }
});
