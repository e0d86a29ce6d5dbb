import { readFileSync } from 'node:fs';
import { arm64 } from '@pagewright/arch-arm64';
import { s390x } from '@pagewright/arch-s390x';
import { x86 } from '@pagewright/arch-x86';
import { expect, test } from 'vitest';
import { Triage, triageData, triageJsonSchema } from '../src/index.js';
import { knownReports } from './reports.js';

/** The words of JSON schema that ours uses. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly anyOf?: readonly Schema[];
}

const typeOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
};

/** Where a value is not as the schema says; members without a schema count too. */
function faults(value: unknown, schema: Schema, at = '$'): string[] {
  if (schema.anyOf !== undefined) {
    const each = schema.anyOf.map((one) => faults(value, one, at));
    return each.some((found) => found.length === 0) ? [] : each.flat();
  }
  const found: string[] = [];
  const type = typeOf(value);
  if (schema.type !== undefined && ![schema.type].flat().includes(type)) return [`${at}: ${type}`];
  if (schema.enum !== undefined && !schema.enum.includes(value)) found.push(`${at}: ${value}`);
  if (schema.const !== undefined && schema.const !== value) found.push(`${at}: ${value}`);
  if (schema.pattern !== undefined && typeof value === 'string') {
    if (!new RegExp(schema.pattern).test(value)) found.push(`${at}: ${value}`);
  }
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0) || value.length > (schema.maxItems ?? 1e9)) {
      found.push(`${at}: ${value.length} items`);
    }
    found.push(...value.flatMap((item, i) => faults(item, schema.items ?? {}, `${at}[${i}]`)));
  } else if (type === 'object') {
    const { properties = {}, required = [] } = schema;
    const members = Object.entries(value as object);
    for (const name of required) {
      if (!members.some(([key]) => key === name)) found.push(`${at}.${name}: missing`);
    }
    for (const [name, member] of members) {
      const its = properties[name];
      found.push(
        ...(its === undefined ? [`${at}.${name}: not told`] : faults(member, its, `${at}.${name}`)),
      );
    }
  }
  return found;
}

test('what all known reports become is as the schema says', () => {
  const schema = triageJsonSchema() as Schema;
  for (const { id, log } of knownReports) {
    const triage = Triage.of([x86, arm64, s390x]);
    if (!triage.ok) throw new Error(triage.problem.message);
    triage.value.write(new TextEncoder().encode(log));
    const data = JSON.parse(JSON.stringify(triageData(triage.value.end())));
    expect([id, faults(data, schema)]).toEqual([id, []]);
    expect(data.incidents.length).toBeGreaterThan(0);
  }
});

test('a wrong value is found, so that the test above means something', () => {
  const schema = triageJsonSchema() as Schema;
  const good = { schema: 'pagewright/triage/1', lines: 1, dropped: 0, incidents: [] };
  expect(faults(good, schema)).toEqual([]);
  expect(faults({ ...good, lines: '1' }, schema)).toEqual(['$.lines: string']);
  expect(faults({ ...good, incidents: [{ id: 1 }] }, schema).length).toBeGreaterThan(10);
});

test('docs/triage.schema.json is this schema', () => {
  const file = new URL('../../../docs/triage.schema.json', import.meta.url);
  const written = JSON.parse(readFileSync(file, 'utf8'));
  expect(written, 'run `node scripts/docs.mjs`').toEqual(
    JSON.parse(JSON.stringify(triageJsonSchema())),
  );
});
