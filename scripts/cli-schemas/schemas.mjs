// The published JSON schemas of what the command line prints: made from the types of its outputs,
// with their comments as descriptions.
import { createGenerator } from 'ts-json-schema-generator';

/** Where the schemas are checked in; the package exports them under the same names. */
export const SCHEMAS = 'apps/cli/schemas';

/** The file of `pagewright/decode/1` is `decode-1.json`. */
const fileOf = (id) => `${SCHEMAS}/${id.split('/').slice(1).join('-')}.json`;

/** The schema of every output, draft 2020-12, complete in itself; and its file. */
export function cliSchemas() {
  const generator = createGenerator({
    path: 'apps/cli/src/outputs/output.ts',
    tsconfig: 'tsconfig.json',
    type: 'Outputs',
    topRef: false,
    sortProps: false,
    // The compiler has its own check.
    skipTypeCheck: true,
  });
  const { properties, definitions } = generator.createSchema('Outputs');
  return Object.entries(properties).map(([id, output]) => {
    const schema = schemaOf(id, output, definitions);
    return { id, file: fileOf(id), schema, text: `${JSON.stringify(schema, null, 2)}\n` };
  });
}

function schemaOf(id, schema, definitions) {
  const root = resolved(schema, definitions);
  const names = [...reachable(root, definitions)];
  const parts = names.map((name) => [name, modern(definitions[name], name !== ANY)]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: id,
    ...modern(root),
    ...(parts.length === 0 ? {} : { $defs: Object.fromEntries(parts) }),
  };
}

const REFERENCE = '#/definitions/';

const resolved = (schema, definitions) =>
  schema.$ref === undefined ? schema : definitions[nameIn(schema.$ref)];

const nameIn = (reference) => decodeURIComponent(reference.slice(REFERENCE.length));

/** Names of the definitions that a schema needs, in the order in which it names them. */
function reachable(schema, definitions, found = new Set()) {
  JSON.stringify(schema, (key, value) => {
    if (key === '$ref' && !found.has(nameIn(value))) {
      found.add(nameIn(value));
      reachable(definitions[nameIn(value)], definitions, found);
    }
    return value;
  });
  return found;
}

/** Values that we do not describe: recorded ones, of any kind. */
const ANY = 'Json';

/** Members that have fractions; all other numbers are counts, sizes and positions. */
const FRACTIONS = ['seconds'];

/** The words of draft 7 in those of 2020-12, and whole numbers called so. */
const modern = (schema, isOurs = true) =>
  Object.assign({}, ...Object.entries(schema).map(([word, value]) => said(word, value, isOurs)));

function said(word, value, isOurs) {
  const inner = (schema) => modern(schema, isOurs);
  switch (word) {
    case '$ref':
      return { $ref: value.replace(REFERENCE, '#/$defs/') };
    case 'type':
      return { type: isOurs ? whole(value) : value };
    case 'anyOf':
      return { anyOf: value.map(inner) };
    case 'items':
      return Array.isArray(value)
        ? { prefixItems: value.map(inner), items: false }
        : { items: inner(value) };
    case 'additionalProperties':
      return { additionalProperties: typeof value === 'object' ? inner(value) : value };
    case 'properties':
      return {
        properties: Object.fromEntries(
          Object.entries(value).map(([name, schema]) => [
            name,
            modern(schema, isOurs && !FRACTIONS.includes(name)),
          ]),
        ),
      };
    default:
      return { [word]: value };
  }
}

const whole = (type) =>
  Array.isArray(type) ? type.map(whole) : type === 'number' ? 'integer' : type;
