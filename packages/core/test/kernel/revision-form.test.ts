import { describe, expect, test } from 'vitest';
import { type ArchBackend, findRevision, revisionForm, swapTypes } from '../../src/index.js';

/** A backend that records what it was asked for and gives back a form of nothing but swap types. */
function recorder() {
  const asked: unknown[] = [];
  const config = { devicePrivate: true, memoryFailure: true };
  const backend = {
    form: (_: string, options: { headers: '6.1' | '6.12' | '7.2' }) => {
      asked.push(options);
      const types = swapTypes(options.headers, config);
      const form = {
        definition: { swap: { types } },
        with: ({ swap }: { swap: unknown }) => ({ ...form, definition: { swap } }),
      };
      return { ok: true, value: form };
    },
  } as unknown as ArchBackend;
  return { asked, backend };
}

function typesOf(id: string) {
  const { asked, backend } = recorder();
  const revision = findRevision(id);
  if (!revision.ok) throw new Error(revision.problem.message);
  const form = revisionForm(backend, 'any', revision.value);
  if (!form.ok) throw new Error(form.problem.message);
  return { asked: asked[0], types: form.value.definition.swap.types };
}

describe('revisionForm', () => {
  test('v6.12 is what its headers say', () => {
    const { asked, types } = typesOf('v6.12');
    expect(asked).toEqual({ headers: '6.12' });
    expect(types.maxSwapfiles).toBe(23);
    expect(types.markerMask).toBe(3);
  });

  test('v6.17 has lost devmap, has one device-exclusive type and guard markers', () => {
    const { asked, types } = typesOf('v6.17');
    expect(asked).toEqual({ headers: '6.12', devmap: false });
    expect(types.maxSwapfiles).toBe(24);
    expect(types.numbers['device-exclusive']).toBe(30);
    expect(types.markerMask).toBe(7);
  });
});
