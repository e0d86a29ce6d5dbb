import { fail, ok, type Result, type Revision } from '@pagewright/core';
import { selectKernels } from '@pagewright/scenario';

/** The two kernels of `A..B`, each of which may be altered (`v6.9+zeropage-support`). */
export function twoKernels(
  text: string,
  option = '--kernel',
): Result<readonly [Revision, Revision]> {
  const named = text.split('..');
  const bad = fail('bad-usage', `${option} "${text.slice(0, 60)}": must be A..B`);
  if (named.length !== 2 || named.includes('')) return bad;
  const kernels: Revision[] = [];
  for (const name of named) {
    const found = selectKernels(name);
    if (!found.ok) return found;
    kernels.push(...found.value);
  }
  const [from, to] = kernels;
  return from === undefined || to === undefined || kernels.length > 2 ? bad : ok([from, to]);
}
