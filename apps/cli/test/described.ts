import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

const FOLDER = join(import.meta.dirname, '..', 'schemas');

/** The published schemas by what outputs call them. */
export const SCHEMAS: ReadonlyMap<string, Readonly<Record<string, unknown>>> = new Map(
  readdirSync(FOLDER).map((file) => {
    const schema = JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));
    return [schema.title as string, schema];
  }),
);

/** Lines of `--ndjson` do not say what they are: they would say it millions of times. */
const LINE = 'pagewright/inspect-line/1';

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
const compiled = new Map<string, ValidateFunction>();

/** The schema that an output names. */
export function schemaNameOf(output: unknown): string {
  const named = (output as { readonly schema?: unknown }).schema;
  return typeof named === 'string' ? named : LINE;
}

/** Where an output is not as its published schema says, a line each. */
export function undescribed(output: unknown): readonly string[] {
  const name = schemaNameOf(output);
  const schema = SCHEMAS.get(name);
  if (schema === undefined) return [`${name}: no such schema`];
  const validate = compiled.get(name) ?? ajv.compile(schema);
  compiled.set(name, validate);
  if (validate(output)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${name} at ${instancePath || '/'}: ${message} ${JSON.stringify(params)}`,
  );
}

/** The outputs in what a run printed: one document, or an object a line. */
export function outputsIn(stdout: string, byLine: boolean): readonly unknown[] {
  if (stdout === '') return [];
  const texts = byLine ? stdout.trimEnd().split('\n') : [stdout];
  return texts.map((text) => JSON.parse(text));
}
