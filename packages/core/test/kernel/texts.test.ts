import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  all,
  and,
  both,
  CHANGES,
  CONFIG_DEFAULTS,
  ENTRY,
  flag,
  masked,
  noneOf,
  not,
  PROT,
  REVISIONS,
  shl,
  VM_FLAGS,
  when,
  xor,
} from '../../src/index.js';
import {
  CHANGE_TEXTS,
  type ChangeText,
  CONFIG_TEXTS,
  describe as inC,
  VM_FLAG_TEXTS,
} from '../../src/texts.js';

describe('every table has its words', () => {
  test('changes: a source and a sentence', () => {
    expect(Object.keys(CHANGE_TEXTS).sort()).toEqual(CHANGES.map(({ id }) => id).sort());
    for (const [id, text] of Object.entries(CHANGE_TEXTS)) {
      expect([id, text.source]).toEqual([id, expect.stringMatching(/^SPEC(-7\.2)? \d/)]);
      expect([id, text.effect]).toEqual([id, expect.stringMatching(/^\w.{20,}\.$/)]);
    }
  });

  test('options and flags', () => {
    expect(Object.keys(CONFIG_TEXTS)).toEqual(Object.keys(CONFIG_DEFAULTS));
    expect(Object.keys(VM_FLAG_TEXTS).sort()).toEqual(VM_FLAGS.map(({ name }) => name).sort());
  });

  test('the RFC is patches 1 to 14, titled, three of them without observable effect', () => {
    const patches = REVISIONS.filter(({ id }) => /^rfc-2025-06\/[1-9]/.test(id)).flatMap(
      ({ changes }): ChangeText[] =>
        changes.map((id) => CHANGE_TEXTS[id as keyof typeof CHANGE_TEXTS]),
    );
    expect(patches.length).toBe(14);
    expect(patches.every(({ subject }) => subject !== undefined)).toBe(true);
    const silent = patches.flatMap(({ unobservable }, i) => (unobservable ? [i + 1] : []));
    expect(silent).toEqual([2, 9, 12]);
  });

  test('what the semantics only infer is said to be inferred', () => {
    const semantics = readFileSync(
      new URL('../../../../docs/semantics/SPEC-23-dax-zeropage.md', import.meta.url),
      'utf8',
    );
    const sequences = [...semantics.matchAll(/^#### 15\.(\d+) .*INFERRED/gm)].map(([, n]) =>
      Number(n),
    );
    expect(sequences).toEqual(expect.arrayContaining([23, 26, 35, 37]));
    const unsaid = Object.entries<ChangeText>(CHANGE_TEXTS).filter(
      ([, { source, inferred }]) =>
        !inferred && sequences.some((sequence) => names(source, sequence)),
    );
    expect(unsaid.map(([id]) => id)).toEqual([]);
  });
});

/** The source names sequence 15.n, alone or in `15.a to 15.b`. */
const names = (source: string, n: number): boolean =>
  [...source.matchAll(/15\.(\d+)(?: to 15\.(\d+))?/g)].some(
    ([, first, last = first]) => Number(first) <= n && n <= Number(last),
  );

test('expressions read as in C, masks by the names that they are given', () => {
  const name = (mask: bigint): string => (mask === 3n ? 'FLAGS' : `${mask}`);
  const test = both(all(3n), not(noneOf(4n)), flag('write'));
  expect(inC(test, name)).toBe('(((entry & FLAGS) == FLAGS && !((entry & 4) == 0x0)) && write)');
  expect(inC(when(masked(0xf0n, 0x10n), xor(ENTRY, PROT), and(shl(ENTRY, 2), 0xffn)))).toBe(
    '((entry & 0xf0) == 0x10 ? (entry ^ prot) : ((entry << 2) & 0xff))',
  );
});
