import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ROOT, runCli } from './run-cli.js';

interface Decoded {
  readonly schema: string;
  readonly entries: readonly {
    readonly raw: string;
    readonly kind: string;
    readonly bits: readonly { readonly low: number; readonly width: number; value: string }[];
    readonly helpers: Readonly<Record<string, unknown>>;
  }[];
}

type Row = Readonly<Record<string, unknown>>;

const ROWS = 250;

function rowsOf(folder: string, level: string): Row[] {
  const path = join(ROOT, 'fixtures', folder, `${level}.vectors.jsonl.gz`);
  const lines = gunzipSync(readFileSync(path)).toString('utf8').split('\n');
  return lines.slice(0, ROWS).flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Row]));
}

describe.each([
  ['x86_64', '6.12', 'golden/x86_64', 'pte'],
  ['x86_64', '7.2', 'golden-7.2/x86_64', 'pmd'],
  ['arm64-16k', '6.12', 'golden/arm64-16k', 'pmd'],
  ['s390x', '7.2', 'golden-7.2/s390x', 'pud'],
  ['um', '7.2', 'golden-7.2/um', 'pte'],
  ['m68k', '6.12', 'golden/m68k', 'pte'],
])('%s, headers %s, %s at %s', (form, headers, folder, level) => {
  const rows = rowsOf(folder, level);
  const run = runCli(
    ['decode', form, '-', '--level', level, '--headers', headers, '--json'],
    rows.map((row) => row.in).join('\n'),
  );
  const { schema, entries } = JSON.parse(run.stdout) as Decoded;

  it('answers every helper as the headers do', () => {
    expect({ ...run, stdout: '' }).toEqual({ stdout: '', stderr: '', exitCode: 0 });
    expect(schema).toBe('pagewright/decode/1');
    expect(entries).toHaveLength(rows.length);
    let compared = 0;
    for (const [i, row] of rows.entries()) {
      for (const [name, expected] of Object.entries(row)) {
        if (name === 'in' || name === 'modify' || name === 'swp') continue;
        expect(entries[i]?.helpers[name], `${name}(${row.in})`).toBe(expected);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(rows.length * 8);
  });

  it('gives every set bit of the word to a field', () => {
    for (const { raw, bits } of entries) {
      const covered = bits.reduce(
        (word, { low, value }) => word | (BigInt(value) << BigInt(low)),
        0n,
      );
      expect(covered, raw).toBe(BigInt(raw));
    }
  });
});
