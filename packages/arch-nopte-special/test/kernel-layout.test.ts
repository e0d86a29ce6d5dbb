import type { KernelFacts } from '@pagewright/core';
import { expect, test } from 'vitest';
import { nopteSpecialForm } from '../src/index.js';
import { kernelLayout } from '../src/kernel.js';

function answer(swapper: bigint | undefined) {
  const built = nopteSpecialForm('um', { headers: '6.1' });
  if (!built.ok) throw new Error(built.problem.message);
  const facts: KernelFacts = {
    form: built.value,
    vmcoreinfo: {
      number: () => undefined,
      symbol: (name) => (name === 'swapper_pg_dir' ? swapper : undefined),
      size: () => 64,
      hexadecimal: () => undefined,
    },
    probe: () => undefined,
  };
  return kernelLayout(facts);
}

test('um: physical memory begins where the binary is linked', () => {
  const found = answer(0x60a3a280n);
  if (!found.ok) throw new Error(found.problem.message);
  const { root, pageOffset, vmemmap, directMap } = found.value;
  expect([root, pageOffset, vmemmap]).toEqual([0xa3a280n, 0x60000000n, undefined]);
  expect(directMap(0x60922220n)).toBe(0x92_2220n);
  expect(directMap(0x5fffffffn)).toBeUndefined();
});

test.each([[undefined], [0x1000n]])('a root at %s: undecided', (swapper) => {
  expect(answer(swapper)).toMatchObject({ ok: false, problem: { code: 'undecided' } });
});
