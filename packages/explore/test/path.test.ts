import { parseScenario, runAll, succeededAll } from '@pagewright/scenario';
import { describe, expect, it } from 'vitest';
import { allForms } from '../../scenario/test/forms.js';
import { dotOf, explore, minimise, parseToken, replay, scenarioOf, tokenOf } from '../src/index.js';
import { boundOf, groundFor, stepperOf } from './forms.js';

const REUSE = `
bound: An anon_vma gets a second user
machine: {ram: 4}
objects:
  processes: {P0: {}}
  vmas: {V: {flags: rw-p, pages: 1}}
actions:
  - write: {any: [V, P1:V, P2:V]}
  - fork: {any: [P0, P1, P2, P3]}
    as: {first free of: [P1, P2, P3, P4]}
  - exit: {any: [P1, P2, P3]}
always: [I20]
depth: 6
`;

describe('ways', () => {
  const bound = boundOf(REUSE);
  const { form, kernel } = groundFor('v5.18');
  const result = explore(bound, form, kernel);
  if (!result.ok) throw new Error(result.problem.message);
  const [violation] = result.value.violations;
  const actions = violation?.actions ?? [];

  it('have a token, and can be gone again', () => {
    const token = tokenOf(actions);
    expect(token).toMatch(/^[0-9a-z](-[0-9a-z]+){5}$/);
    expect(parseToken(bound, token)).toEqual({ ok: true, value: actions });
    const went = replay(stepperOf(bound, 'v5.18'), actions);
    if (!went.ok) throw new Error(went.problem.message);
    expect(went.value.map(({ broken }) => broken)).toEqual([[], [], [], [], [], ['I20']]);
    expect(went.value.map(({ call, named }) => [call, named])[5]).toEqual(['fork P1', 'P3']);
    expect(went.value[0]?.changes.join()).toContain('V: none -> RAM+');
  });

  it('are refused when they cannot be gone', () => {
    expect(parseToken(bound, '0-zz')).toMatchObject({ ok: false });
    const forward = replay(stepperOf(bound, 'v5.18'), [1]);
    expect(forward.ok ? '' : forward.problem.message).toBe(
      'write P1:V cannot happen after 0 actions',
    );
  });

  it('lose what is not needed', () => {
    const longer = [actions[0] ?? 0, 0, 0, ...actions.slice(1, 3), 0, ...actions.slice(3)];
    expect(minimise(() => stepperOf(bound, 'v5.18'), longer, 'I20')).toEqual(actions);
  });

  it('run as scenarios', () => {
    const stepper = stepperOf(bound, 'v5.18');
    const went = replay(stepper, actions);
    if (!went.ok) throw new Error(went.problem.message);
    const text = scenarioOf(stepper, went.value);
    const scenario = parseScenario(text, 'way.yaml');
    if (!scenario.ok) throw new Error(`${scenario.problem.message}\n${text}`);
    const ran = runAll(scenario.value, allForms, { trace: false });
    if (!ran.ok) throw new Error(`${ran.problem.message}\n${text}`);
    expect([succeededAll(ran.value), text]).toEqual([true, text]);
    expect(text).toContain('- I20');
  });

  it('are graphs for Graphviz', () => {
    const went = replay(stepperOf(bound, 'v5.18'), actions);
    if (!went.ok) throw new Error(went.problem.message);
    const dot = dotOf('reuse', went.value);
    expect(dot).toContain('s5 -> s6 [label="fork P1\\lP3\\l"];');
    expect(dot).toContain('broken: I20\\l", color=red];');
  });
});
