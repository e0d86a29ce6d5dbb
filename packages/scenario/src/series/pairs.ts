import type { Scenario } from '../format/parse.js';
import type { Pair } from './patches.js';

/** The kernels that a file names one by one for its runs; ranges name none. */
const kernelNames = ({ file }: Scenario): readonly string[] =>
  [file.machine?.kernel ?? []].flat().flatMap((each) => each.split(',').map((one) => one.trim()));

/** The scenarios about a pair of kernels: those whose `machine.kernel` names both. */
export const scenariosOf = (
  { before, after }: Pair,
  scenarios: readonly Scenario[],
): readonly Scenario[] =>
  scenarios.filter((scenario) => {
    const names = kernelNames(scenario);
    return names.includes(before) && names.includes(after);
  });
