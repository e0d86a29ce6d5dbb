import { litmusOf, type PathStep } from '@pagewright/explore';
import type { ExploreOutput, GroundData, ViolationData, WayStepData } from '../outputs/explore.js';
import type { BoundGround } from './bounds.js';
import type { Searched, Way } from './search.js';

/** What a search found, for programs. */
export function searchedData({
  bound,
  form,
  kernel,
  result,
  ways,
  ends,
  checkpoint,
  seconds,
}: Searched): ExploreOutput {
  const { finished, stoppedBy, capacity, states, transitions, depth, sometimes } = result;
  return {
    schema: 'pagewright/explore/1',
    bound: bound.file.bound,
    ...groundData({ form, kernel }),
    finished,
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
    ...(capacity === undefined ? {} : { capacity }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
    states,
    transitions,
    depth,
    seconds,
    violations: ways.flatMap(wayData),
    sometimes: sometimes.map(({ id, length }) => ({ id, reached: length !== null, length })),
    ...(ends === undefined
      ? {}
      : {
          ends: ends.conditions.map(({ id, ways: count }) => {
            const { verdict, positive, negative } = litmusOf(id, count, ends.ways);
            return { id, observation: verdict, positive, negative };
          }),
        }),
  };
}

/** A way, once for each thing that is broken at its end. */
export const wayData = ({ ids, token, steps }: Way): readonly ViolationData[] =>
  ids.map((invariant) => ({
    invariant,
    length: steps.length,
    token,
    steps: steps.map(stepData),
  }));

/** What a search runs on. */
export const groundData = ({ form, kernel }: BoundGround): GroundData => ({
  kernel: kernel.revision.id,
  form: form.name,
  config: Object.fromEntries(
    Object.entries(kernel.config).map(([name, value]) => [name, value ? 'y' : 'n']),
  ),
});

/** An action as it went. */
export const stepData = ({
  call,
  answer,
  named,
  said,
  changes,
  broken,
}: PathStep): WayStepData => ({
  action: call,
  outcome: answer,
  ...(named === undefined ? {} : { as: named }),
  said: [...said],
  changes: [...changes],
  broken: [...broken],
});
