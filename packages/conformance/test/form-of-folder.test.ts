import { expect, test } from 'vitest';
import { x86 } from '../../arch-x86/src/index.js';
import { formOfFolder } from '../src/index.js';

const without = (name: string) => ({
  ...x86,
  forms: x86.forms.filter((form) => form.name !== name),
});
const nameOf = (backend: typeof x86, folder: string): string => {
  const form = formOfFolder([backend], { name: folder, files: [] });
  return form.ok ? form.value.name : form.problem.code;
};

test('a folder belongs to the form of its name, with or without a release', () => {
  expect(nameOf(x86, 'x86_64-la57')).toBe('x86_64-la57');
  expect(nameOf(x86, 'x86_64-7.2')).toBe('x86_64');
  expect(nameOf(x86, 'x86_64-la57-v6.12.3')).toBe('x86_64-la57');
});

test('a backend without the form is not given another form in its place', () => {
  expect(nameOf(without('x86_64-la57'), 'x86_64-la57')).toBe('unknown-form');
});
