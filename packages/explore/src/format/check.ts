import { INVARIANTS } from '@pagewright/mm';
import { selectKernels } from '@pagewright/scenario';
import {
  declareObjects,
  type Mistake,
  NAMED_ANSWERS,
  Names,
  OPERATIONS_BY_NAME,
  type Path,
  useArguments,
  useState,
  useStep,
} from '@pagewright/scenario/parts';
import { checkInterchangeable } from '../symmetry/check.js';
import type { ActionFile } from './action.js';
import type { BoundFile } from './definition.js';
import { argumentsOf, countOf, MOST_ACTIONS, namesOf, operationsOf } from './expand.js';

/** The first mistake that the schema cannot see. */
export function checkBound(file: BoundFile): Mistake | undefined {
  return (
    checkNames(file) ??
    checkSize(file) ??
    checkInvariantIds(file) ??
    checkKernels(file) ??
    checkInterchangeable(file)
  );
}

function checkNames(file: BoundFile): Mistake | undefined {
  const names = new Names();
  declareObjects(file, names);
  file.before?.forEach((step, i) => {
    const path = ['before', i];
    if (step.unordered !== undefined) names.report(path, 'what is done before has one order');
    useStep(step, names, path);
  });
  file.actions.forEach((entry, i) => {
    declareAnswer(entry, names, ['actions', i], file);
  });
  file.actions.forEach((entry, i) => {
    useAction(entry, names, ['actions', i]);
  });
  const { never = {}, sometimes = {}, ends = {}, always } = file;
  const kept = typeof always === 'object' && 'conditions' in always ? always.conditions : {};
  for (const [field, states] of Object.entries({ never, sometimes, ends })) {
    for (const [name, state] of Object.entries(states)) useState(state, names, [field, name]);
  }
  for (const [name, state] of Object.entries(kept)) {
    useState(state, names, ['always', 'conditions', name]);
  }
  return names.mistake;
}

/** Several actions may make things of one name, at different times; so may `before`, and the file. */
function declareAnswer(entry: ActionFile, names: Names, path: Path, file: BoundFile): void {
  const [name = '', ...others] = operationsOf(entry);
  const operation = OPERATIONS_BY_NAME.get(name);
  if (operation === undefined || others.length > 0) {
    const has = operation === undefined ? 'none' : [name, ...others].join(' and ');
    names.report(path, `an action has exactly one operation, and this one has ${has}`);
    return;
  }
  if (entry.as === undefined) return;
  const kind = NAMED_ANSWERS[operation.answers];
  if (kind === undefined) {
    names.report([...path, 'as'], `${name} answers nothing that has a name`);
    return;
  }
  for (const each of namesOf(entry)) {
    if (kind === 'page' && file.objects?.pages?.[each] !== undefined) {
      names.report([...path, 'as'], `"${each}" is a page of the file, whose name is never free`);
    }
    if (!names.isA(each, kind)) names.declare(each, kind, [...path, 'as']);
  }
}

function useAction(entry: ActionFile, names: Names, path: Path): void {
  const [name = ''] = operationsOf(entry);
  const operation = OPERATIONS_BY_NAME.get(name);
  if (operation === undefined) return;
  for (const [key, values] of argumentsOf(entry)) {
    for (const value of values) {
      useArguments({ operation, args: { [key]: value } }, names, path);
    }
  }
  if (entry.when !== undefined) useState(entry.when, names, [...path, 'when']);
}

function checkSize({ actions }: BoundFile): Mistake | undefined {
  const count = actions.reduce((sum, entry) => sum + countOf(entry), 0);
  if (count <= MOST_ACTIONS) return undefined;
  return { path: ['actions'], message: `${count} actions are more than ${MOST_ACTIONS}` };
}

const KNOWN: ReadonlySet<string> = new Set(INVARIANTS.map(({ id }) => id));

function checkInvariantIds({ always, ignore }: BoundFile): Mistake | undefined {
  const listed = Array.isArray(always) || always === 'all' ? always : always?.invariants;
  const lists: [Path, readonly string[] | 'all' | undefined][] = [
    [Array.isArray(always) ? ['always'] : ['always', 'invariants'], listed],
    [['ignore', 'invariants'], ignore?.invariants],
  ];
  for (const [path, ids] of lists) {
    if (ids === 'all' || ids === undefined) continue;
    const unknown = ids.findIndex((id) => !KNOWN.has(id));
    if (unknown < 0) continue;
    const message = `there is no invariant ${ids[unknown]}; there are I1 to I${KNOWN.size}`;
    return { path: [...path, unknown], message };
  }
  return undefined;
}

function checkKernels(file: BoundFile): Mistake | undefined {
  const { kernel } = file.machine ?? {};
  const places: [string, Path, string?][] = [
    ...[kernel ?? []]
      .flat()
      .map((each, i): [string, Path] => [
        each,
        ['machine', 'kernel', ...(typeof kernel === 'string' ? [] : [i])],
      ]),
    ...file.actions.flatMap(({ kernels }, i): [string, Path][] =>
      kernels === undefined ? [] : [[kernels, ['actions', i, 'kernels']]],
    ),
    ...Object.keys(file.expect ?? {}).map((each): [string, Path, string] => [
      each,
      ['expect'],
      each,
    ]),
  ];
  for (const [selector, path, key] of places) {
    const found = selectKernels(selector);
    if (found.ok) continue;
    const { message } = found.problem;
    return key === undefined ? { path, message } : { path, key, message };
  }
  return undefined;
}
