import {
  type ArchBackend,
  type EntryForm,
  HEADER_GENERATIONS,
  type HeaderGeneration,
  hex,
} from '@pagewright/core';
import { describe, expect, test } from 'vitest';
import { allLaws, runLaws } from '../laws/index.js';
import { formOfFolder, runVectors, type Tally, type VectorFolder } from '../vectors/index.js';
import { fixtureFolders } from './fixture-folders.js';

/** What a backend cannot answer, and where its vectors lie. */
export interface BackendTestOptions {
  /** Keys of rows that the backend leaves out, with the reason; none when left out. */
  readonly notCompared?: Readonly<Record<string, string>>;
  /** Directories with folders of vectors; the nearest `fixtures/golden*` when left out. */
  readonly vectors?: readonly string[];
}

/** Vectors that may stay uncompared, as a part of all. */
const MAY_STAY_UNCOMPARED = 0.02;

/**
 * Registers the tests of a backend: every form in every header generation keeps all laws; every
 * folder of vectors that belongs to one of its forms is answered exactly; its edges refuse with
 * typed problems.
 */
export function describeBackend(backend: ArchBackend, options: BackendTestOptions = {}): void {
  describe(`${backend.arch} keeps the laws`, () => {
    for (const { name, headers } of backend.forms) {
      test.each([...headers])(`${name}, headers %s`, (generation) =>
        keepsLaws(backend, name, generation),
      );
    }
  });
  describe(`${backend.arch} answers as the kernel's headers`, () => {
    const folders = fixtureFolders(options.vectors).flatMap(({ label, folder }) => {
      const form = formOfFolder([backend], folder);
      return form.ok ? [{ label, folder, form: form.value }] : [];
    });
    test('there are vectors', () => expect(folders.length).toBeGreaterThan(0));
    test.each(folders)('$label', ({ folder, form }) => matchesVectors(form, folder, options));
  });
  describe(`${backend.arch} refuses`, () => refusals(backend));
}

function formOf(backend: ArchBackend, name: string, headers: HeaderGeneration): EntryForm {
  const form = backend.form(name, { headers });
  if (!form.ok)
    throw new Error(`${backend.arch} lists ${name} (${headers}): ${form.problem.message}`);
  return form.value;
}

function keepsLaws(backend: ArchBackend, name: string, headers: HeaderGeneration): void {
  const form = formOf(backend, name, headers);
  expect([form.name, form.headers]).toEqual([name, headers]);
  const { held, failed, notConcerned } = runLaws(form);
  const told = failed.map(({ law, sentence, bits, input, expected, got }) => {
    const numbers = input.map(hex).join(', ');
    return `${law} [${numbers}] ${bits ?? ''}: expected ${expected}, got ${got}. ${sentence}`;
  });
  expect(told).toEqual([]);
  expect(held + notConcerned.length).toBe(allLaws.length);
}

function matchesVectors(
  form: EntryForm,
  folder: VectorFolder,
  { notCompared = {} }: BackendTestOptions,
): void {
  const report = runVectors(form, folder);
  if (!report.ok) throw new Error(report.problem.message);
  const { vectors, facts } = report.value;
  for (const tally of [vectors, facts]) {
    expect(tally.mismatches.slice(0, 5)).toEqual([]);
    expect(tally.mismatchCount).toBe(0);
    expect(undeclared(tally, notCompared)).toEqual([]);
  }
  const answers = vectors.compared + vectors.notComparedCount;
  expect(vectors.compared).toBeGreaterThan(0);
  expect(vectors.notComparedCount / answers).toBeLessThanOrEqual(MAY_STAY_UNCOMPARED);
}

/** Keys that were left out although the backend does not say so: a helper was dropped. */
const undeclared = (tally: Tally, declared: Readonly<Record<string, string>>): string[] =>
  [...tally.notCompared]
    .filter(([key]) => declared[key] === undefined)
    .map(([key, { count, reason }]) => `${key} (${count}): ${reason}`);

function refusals(backend: ArchBackend): void {
  const [first] = backend.forms;
  const codeOf = (made: ReturnType<ArchBackend['form']>): string =>
    made.ok ? 'ok' : made.problem.code;
  test('a form that does not exist', () => {
    expect(codeOf(backend.form('no such form'))).toBe('unknown-form');
  });
  test('headers that a form does not have', () => {
    for (const { name, headers } of backend.forms) {
      for (const generation of HEADER_GENERATIONS) {
        const expected = headers.includes(generation) ? 'ok' : 'unknown-form';
        expect(codeOf(backend.form(name, { headers: generation }))).toBe(expected);
      }
    }
    expect(first).toBeDefined();
  });
  test('a dump that says nothing', () => {
    const form = backend.formFromDump({ vmcoreinfo: new Map() });
    expect(form.ok).toBe(false);
    if (!form.ok) expect(form.problem.message.length).toBeGreaterThan(10);
  });
  test('a dump of another machine', () => {
    const form = backend.formFromDump({ elfMachine: 0xfffe, vmcoreinfo: new Map() });
    expect(form.ok).toBe(false);
  });
}
