import type { AnswerKind, ArgumentKind } from '@pagewright/mm';
import type { ScenarioFile, StateExpectation, StepFile } from './definition.js';
import { nearest } from './nearest.js';
import { type Call, callOf, operationsIn } from './operation-of.js';
import type { Mistake, Path } from './read-file.js';
import { partsOf } from './words.js';

/** What names stand for. */
export type NamedKind = 'process' | 'file' | 'page' | 'VMA' | 'reference' | 'operation' | 'task';

/** What naming an answer makes of it; answers of other kinds cannot be named. */
export const NAMED_ANSWERS: Readonly<Partial<Record<AnswerKind, NamedKind>>> = {
  process: 'process',
  page: 'page',
  count: 'reference',
  reference: 'reference',
  inFlight: 'operation',
  task: 'task',
};

const NAMED_ARGUMENTS: Readonly<Partial<Record<ArgumentKind, NamedKind>>> = {
  address: 'VMA',
  vma: 'VMA',
  process: 'process',
  page: 'page',
  pages: 'page',
  pfn: 'page',
  file: 'file',
  reference: 'reference',
  inFlight: 'operation',
  task: 'task',
};

/** The names of a file as they become known from its top to its end. */
export class Names {
  private readonly kinds = new Map<string, NamedKind>();
  mistake: Mistake | undefined;

  declare(name: string, kind: NamedKind, path: Path): void {
    const before = this.kinds.get(name);
    if (before === undefined) this.kinds.set(name, kind);
    else this.report(path, `"${name}" is a ${before} already`);
  }

  /** The name is known, and stands for something of the kind. */
  isA(name: string, kind: NamedKind): boolean {
    return this.kinds.get(name) === kind;
  }

  use(text: string, kind: NamedKind, path: Path): void {
    const { name, process } = partsOf(text);
    if (process !== undefined) this.known(process, 'process', path);
    this.known(name, kind, path);
  }

  report(path: Path, message: string): void {
    this.mistake ??= { path, message };
  }

  private known(name: string, kind: NamedKind, path: Path): void {
    const found = this.kinds.get(name);
    if (found === kind) return;
    if (found !== undefined) {
      this.report(path, `"${name}" is a ${found}, and a ${kind} is meant`);
      return;
    }
    const alike = [...this.kinds].filter(([, each]) => each === kind).map(([each]) => each);
    const guess = nearest(name, alike);
    const hint = guess === undefined ? listed(alike) : `; did you mean "${guess}"?`;
    this.report(path, `there is no ${kind} "${name}"${hint}`);
  }
}

const listed = (names: readonly string[]): string =>
  names.length === 0 ? '' : `; there are ${names.join(', ')}`;

/** The first name that nothing has, or that stands for something else; also steps of no operation. */
export function checkNames(file: ScenarioFile): Mistake | undefined {
  const names = new Names();
  declareObjects(file, names);
  file.steps.forEach((step, i) => {
    useStep(step, names, ['steps', i]);
  });
  const states = file.expect === undefined ? [] : [file.expect].flat();
  const single = !Array.isArray(file.expect);
  states.forEach((state, i) => {
    useState(state, names, single ? ['expect'] : ['expect', i]);
  });
  return names.mistake;
}

/** A step, whose names must be known; what it makes is known from here on. */
export function useStep(step: StepFile, names: Names, path: Path): void {
  const found = operationsIn(step);
  const others = [step.check, step.unordered].filter((each) => each !== undefined).length;
  if (found.length + others !== 1) {
    const has = found.length === 0 ? 'none' : found.join(' and ');
    names.report(path, `a step has exactly one operation, and this one has ${has}`);
    return;
  }
  if (step.check !== undefined) useState(step.check as StateExpectation, names, [...path, 'check']);
  useCall(step, names, path);
  for (const [part, steps] of Object.entries(step.unordered ?? {})) {
    steps.forEach((each, i) => {
      useStep(each, names, [...path, 'unordered', part, i]);
    });
  }
  step.after?.forEach((each, i) => {
    useStep(each, names, [...path, 'after', i]);
  });
  for (const [name, state] of Object.entries(step.conditions ?? {})) {
    useState(state as StateExpectation, names, [...path, 'conditions', name]);
  }
}

/** Objects, whose names are known from here on. */
export function declareObjects(
  { objects = {} }: Pick<ScenarioFile, 'objects'>,
  names: Names,
): void {
  const { processes = {}, files = {}, pages = {}, vmas = {} } = objects;
  const groups = { processes, files, pages, vmas };
  const kinds = { processes: 'process', files: 'file', pages: 'page', vmas: 'VMA' } as const;
  for (const [group, all] of Object.entries(groups)) {
    for (const name of Object.keys(all)) {
      const path = ['objects', group, name];
      if (name.includes('+')) names.report(path, 'names of objects have no +');
      names.declare(name, kinds[group as keyof typeof kinds], path);
    }
  }
  const several = Object.keys(processes).length > 1;
  for (const [name, { on }] of Object.entries(files)) {
    if (on !== undefined) names.use(on, 'page', ['objects', 'files', name, 'on']);
  }
  for (const [name, vma] of Object.entries(vmas)) {
    const path = ['objects', 'vmas', name];
    if (vma.process !== undefined) names.use(vma.process, 'process', [...path, 'process']);
    else if (several) names.report(path, `process: whose VMA "${name}" is must be said`);
    if (vma.file !== undefined) names.use(vma.file, 'file', [...path, 'file']);
    if (typeof vma.pgoff === 'string') names.use(vma.pgoff, 'page', [...path, 'pgoff']);
    if (typeof vma.at === 'object') names.use(vma.at.after, 'VMA', [...path, 'at']);
    const { fault, find_normal_page: hook } = vma.ops ?? {};
    if (fault !== undefined) names.use(fault.page, 'page', [...path, 'ops', 'fault', 'page']);
    if (hook !== undefined) names.use(hook, 'page', [...path, 'ops', 'find_normal_page']);
  }
}

function useCall(step: StepFile, names: Names, at: Path): void {
  const call = callOf(step);
  if (call === undefined) return;
  useArguments(call, names, at);
  if (step.as === undefined) return;
  const { operation } = call;
  const kind = NAMED_ANSWERS[operation.answers];
  const path = [...at, 'as'];
  if (kind === undefined) names.report(path, `${operation.name} answers nothing that has a name`);
  else names.declare(step.as, kind, path);
}

/** Arguments, whose names must be known. */
export function useArguments({ operation, args }: Call, names: Names, at: Path): void {
  for (const [name, { kind }] of Object.entries(operation.parameters)) {
    const expected = NAMED_ARGUMENTS[kind];
    const value = args[name];
    const path = [...at, operation.name, name];
    for (const each of Array.isArray(value) ? value : [value]) {
      if (expected !== undefined && typeof each === 'string') names.use(each, expected, path);
    }
  }
}

/** A state, whose names must be known. */
export function useState(state: StateExpectation, names: Names, path: Path): void {
  const { pages = {}, processes = {}, vmas = {}, entries = {} } = state;
  for (const name of Object.keys(pages)) names.use(name, 'page', [...path, 'pages', name]);
  for (const name of Object.keys(processes)) {
    names.use(name, 'process', [...path, 'processes', name]);
  }
  for (const [name, vma] of Object.entries(vmas)) {
    names.use(name, 'VMA', [...path, 'vmas', name]);
    if (typeof vma.pgoff === 'string')
      names.use(vma.pgoff, 'page', [...path, 'vmas', name, 'pgoff']);
  }
  for (const [name, entry] of Object.entries(entries)) {
    names.use(name, 'VMA', [...path, 'entries', name]);
    if (typeof entry === 'object' && entry.page !== undefined) {
      names.use(entry.page, 'page', [...path, 'entries', name, 'page']);
    }
  }
}
