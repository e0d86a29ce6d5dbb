// The page of what the command line prints as JSON: made from the published schemas.
import { basename } from 'node:path';
import { SCHEMAS } from './schemas.mjs';

const HEAD = `# JSON outputs

Generated from \`${SCHEMAS}\` by \`node scripts/docs.mjs\`; do not edit. [cli.md](cli.md) says what holds for
all of them. The schemas (draft 2020-12) are part of \`@pagewright/cli\`: \`@pagewright/cli/schemas/decode-1.json\`
and so on. A member that is not in its schema is a mistake of ours. Within a schema's number members are
only ever added; a program that reads outputs of later versions passes over those that it does not know.

`;

/** All outputs, then the parts that they are made of. */
export function schemasPage(schemas) {
  const parts = Object.assign({}, ...schemas.map(({ schema }) => schema.$defs));
  const outputs = schemas.map(({ id, schema, file }) => {
    const link = `[${basename(file)}](../${file})`;
    return `## ${id}\n\n${link}\n\n${shapeOf(schema, parts)}`;
  });
  const told = schemas.flatMap(({ schema }) => variantNames(schema, parts));
  const names = Object.keys(parts)
    .filter((name) => isListed(parts[name]) && !told.includes(name))
    .sort();
  const sections = names.map((name) => `### ${name}\n\n${shapeOf(parts[name], parts)}`);
  return `${[HEAD.trimEnd(), ...outputs, '## Parts', ...sections].join('\n\n')}\n`;
}

/** The parts of which an output is one: they are told under the output. */
const variantNames = ({ anyOf = [] }, parts) =>
  anyOf
    .filter((one) => one.$ref !== undefined && isRoot(parts[nameIn(one)]))
    .map((one) => nameIn(one));

const isRoot = (part) => part.properties?.schema?.const !== undefined;

/** Parts that are told in their own section; words and the like are told where they are used. */
const isListed = (part) =>
  part.properties !== undefined || part.anyOf?.some(isListed) || (part.enum?.length ?? 0) > FEW;

/** Values that are listed where they are used. */
const FEW = 8;

function shapeOf(schema, parts) {
  const said = schema.description === undefined ? '' : `${oneLine(schema.description)}\n\n`;
  if (schema.anyOf !== undefined) {
    const each = schema.anyOf.map((one) => resolved(one, parts));
    return `${said}One of these.\n\n${each.map((one) => shapeOf(one, parts)).join('\n\n')}`;
  }
  if (schema.enum !== undefined) return `${said}${schema.enum.map(code).join(', ')}`;
  return `${said}${table(schema, parts)}`;
}

const resolved = (schema, parts) =>
  schema.$ref !== undefined && isRoot(parts[nameIn(schema)]) ? parts[nameIn(schema)] : schema;

const nameIn = ({ $ref }) => $ref.slice('#/$defs/'.length);

function table(schema, parts) {
  if (schema.$ref !== undefined) return `As ${link(nameIn(schema))}.`;
  const rows = rowsOf(schema, '', parts);
  return ['| member | holds | meaning |', '|---|---|---|', ...rows].join('\n');
}

/** A row for each member, those of objects without a name under their owner's. */
function rowsOf({ properties, required = [] }, before, parts) {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = `${before}${name}`;
    const optional = required.includes(name) ? '' : '?';
    const meaning = oneLine(schema.description ?? '').replaceAll('|', '\\|');
    const row = `| \`${path}${optional}\` | ${valueText(schema, parts)} | ${meaning} |`;
    const inner = innerObject(schema);
    return [row, ...(inner === undefined ? [] : rowsOf(inner.object, path + inner.mark, parts))];
  });
}

/** The members of an object, or of the objects of a list, that has no name of its own. */
function innerObject(schema) {
  if (schema.properties !== undefined) return { object: schema, mark: '.' };
  if (schema.items?.properties !== undefined) return { object: schema.items, mark: '[].' };
  const object = schema.anyOf?.find((one) => one.properties !== undefined);
  return object === undefined ? undefined : { object, mark: '.' };
}

/** What a member holds, in words. */
const valueText = (schema, parts) => orText(valueTexts(schema, parts));

/** The same, each kind of value by itself. */
function valueTexts(schema, parts) {
  if (schema.$ref !== undefined) return partTexts(nameIn(schema), parts);
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((one) => valueTexts(one, parts));
  if (schema.const !== undefined) return [code(schema.const)];
  if (schema.enum !== undefined) return schema.enum.map(code);
  if (schema.type === 'array') return [listText(schema, parts)];
  if (schema.type === 'object' && schema.properties === undefined) {
    return [`object of ${valueText(schema.additionalProperties, parts)}`];
  }
  return [schema.type].flat().map((type) => NAMES[type] ?? type);
}

const NAMES = { string: 'text', integer: 'number', boolean: 'true or false' };

const listText = ({ items, minItems }, parts) =>
  `${minItems === undefined ? 'list' : minItems} of ${valueText(items, parts)}`;

function partTexts(name, parts) {
  if (name === 'Hex') return ['`0x` word'];
  if (name === 'Json') return ['anything'];
  return isListed(parts[name]) ? [link(name)] : valueTexts(parts[name], parts);
}

const link = (name) => `[${name}](#${name.toLowerCase()})`;
const code = (value) => `\`${value}\``;
const oneLine = (text) => text.replace(/\s+/g, ' ').trim();
const orText = (texts) =>
  texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`;
