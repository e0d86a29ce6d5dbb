import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { selectKernels } from '@pagewright/scenario';
import { groundOf } from '@pagewright/scenario/parts';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { allForms } from '../../scenario/test/forms.js';
import { parseBound, Search, type SearchLimits, type SearchResult } from '../src/index.js';
import { beginBound } from '../src/search/explore.js';

const FOLDER = join(import.meta.dirname, '../../../fixtures/bounds');
/** States that a search without symmetry may look at: seconds for all bounds together. */
const STATES = 400;

/** A bound as its file has it, and a kernel that it names. */
interface Asked {
  readonly name: string;
  readonly file: Record<string, unknown> & { readonly actions: readonly object[] };
  readonly kernel: string;
}

const SHIPPED: readonly Asked[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .flatMap((name) => {
    const { expect: _, ...file } = parse(readFileSync(join(FOLDER, name), 'utf8'));
    return [file.machine.kernel].flat().map((kernel: string) => ({ name, file, kernel }));
  });

/** The file, of whose frames it makes no difference which are handed out. */
const boundOf = ({ name, file }: Asked) => {
  const interchangeable = { ...(file.interchangeable as object), frames: true };
  return parseBound(stringify({ ...file, interchangeable }), name);
};

function search(asked: Asked, symmetry: boolean, limits: SearchLimits) {
  const bound = valueIn(boundOf(asked));
  const { kernel } = asked;
  const [revision] = valueIn(selectKernels(kernel));
  const [form = 'x86_64'] = [bound.file.machine?.form ?? []].flat();
  if (revision === undefined) throw new Error(kernel);
  const ground = valueIn(groundOf(bound, allForms, form, revision));
  if ('why' in ground) throw new Error(ground.why);
  return new Search(valueIn(beginBound(bound, ground.form, ground.kernel, symmetry)), limits).run();
}

/** What must not depend on symmetry. */
const told = ({ violations, sometimes, finished }: SearchResult) => ({
  violations: violations.map(({ id, actions }) => `${id} after ${actions.length}`).sort(),
  sometimes,
  finished,
});

/** Searches with and without symmetry, as deep as the latter has room for. */
function both(asked: Asked) {
  const first = search(asked, false, { states: STATES });
  const limits = first.stoppedBy === 'states' ? { depth: first.depth } : {};
  const plain = first.stoppedBy === 'states' ? search(asked, false, limits) : first;
  return { plain, reduced: search(asked, true, limits) };
}

describe('symmetry loses nothing in shipped bounds', { timeout: 120_000 }, () => {
  it.each(SHIPPED.map((asked) => [asked.name, asked.kernel, asked] as const))(
    '%s on %s',
    (_, __, asked) => {
      const { plain, reduced } = both(asked);
      expect(told(reduced)).toEqual(told(plain));
      expect(reduced.states).toBeLessThanOrEqual(plain.states);
      expect(reduced.depth).toBeLessThanOrEqual(plain.depth);
    },
  );
});

it('looks at one of states that differ by which page of a driver is which', () => {
  const driver = SHIPPED.find(({ name }) => name === 'driver-pages.yaml');
  if (driver === undefined) throw new Error('no such bound');
  const plain = search(driver, false, { depth: 6 });
  const reduced = search(driver, true, { depth: 6 });
  expect(told(reduced)).toEqual(told(plain));
  expect(reduced.states).toBeLessThan(plain.states / 3);
});

const alphabets = fc
  .constantFrom(...SHIPPED)
  .chain((asked) =>
    fc
      .subarray([...asked.file.actions], { minLength: 1 })
      .map((actions): Asked => ({ ...asked, file: { ...asked.file, actions } })),
  );

test.prop([alphabets], { numRuns: 20 })(
  'nor with some of their actions',
  (asked) => {
    // What is left out may have made what another action names.
    fc.pre(boundOf(asked).ok);
    const { plain, reduced } = both(asked);
    expect(told(reduced)).toEqual(told(plain));
    expect(reduced.states).toBeLessThanOrEqual(plain.states);
  },
  120_000,
);

function valueIn<T>(
  result:
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; problem: Error | object },
): T {
  if (!result.ok) throw new Error(JSON.stringify(result.problem));
  return result.value;
}
