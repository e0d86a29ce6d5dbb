import { LOG_ARCHS } from './arch/names.js';
import { CAUSES } from './diagnose/diagnosis.js';

const object = (
  properties: Readonly<Record<string, object>>,
  optional: readonly string[] = [],
) => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});
const list = (items: object) => ({ type: 'array', items });
const oneOf = (values: readonly (string | null)[]) => ({ enum: values });
const orNull = (schema: { readonly type: string }) => ({ ...schema, type: [schema.type, 'null'] });
const text = { type: 'string' };
const count = { type: 'integer' };
const word = { type: 'string', pattern: '^0x[0-9a-f]{1,16}$' };
/** First and last line. */
const lines = { ...list(count), minItems: 2, maxItems: 2 };
const nullable = (schema: object) => ({ anyOf: [schema, { type: 'null' }] });

const entry = object({
  level: oneOf(['pte', 'pmd', 'pud', 'p4d', 'pgd']),
  raw: word,
  reported: { type: 'boolean' },
  line: count,
  column: count,
  decoded: object({
    kind: oneOf(['none', 'leaf', 'table', 'absent', 'invalid', 'unknown']),
    sentence: text,
    flags: list(text),
    pfn: orNull(word),
    next: orNull(word),
    swap: nullable(object({ what: text, type: count, offset: word })),
    by: oneOf(['form', 'layout', 'nothing']),
    source: text,
  }),
});

const vma = object({
  line: count,
  addr: orNull(word),
  flags: orNull(word),
  flagNames: list(text),
  anonVma: orNull(word),
  mapping: orNull(word),
  index: orNull(word),
  file: orNull(text),
  handlers: list(object({ name: text, function: text })),
});

const page = object({
  line: count,
  pfn: orNull(word),
  refcount: orNull(count),
  mapcount: orNull(count),
  mapping: orNull(word),
  index: orNull(word),
  flags: orNull(word),
  flagNames: list(text),
  kinds: list(text),
  pageType: orNull(text),
  order: orNull(count),
  because: orNull(text),
  raw: list(word),
});

const verdict = object({
  kernel: text,
  answer: oneOf(['page', 'none', 'bad', 'absent']),
  because: list(object({ id: text, sentence: text, source: object({ kernel: text, spec: text }) })),
  assumed: list(text),
});

const diagnosis = object({
  cause: oneOf(CAUSES),
  finding: text,
  confidence: oneOf(['certain', 'likely', 'possible']),
  sentence: text,
  because: list(
    object({
      rule: text,
      speaks: oneOf(['for', 'against']),
      sentence: text,
      line: orNull(count),
    }),
  ),
  next: list(text),
  fixes: list(object({ commit: text, subject: text, source: text })),
});

const incident = object(
  {
    id: count,
    lines,
    kind: { type: 'string', pattern: '^[a-z][a-z0-9_]*$' },
    arch: oneOf([...LOG_ARCHS, 'unknown']),
    archCandidates: list(object({ arch: oneOf(LOG_ARCHS), ground: text })),
    form: orNull(text),
    layout: orNull(text),
    kernel: orNull(text),
    revision: orNull(text),
    process: orNull(text),
    follows: count,
    entries: list(entry),
    vma: nullable(vma),
    page: nullable(page),
    address: orNull(word),
    place: orNull(text),
    reason: orNull(text),
    swap: list(object({ what: text, entry: word })),
    stack: list(text),
    counters: list(object({ name: text, value: count })),
    more: list(lines),
    dropped: count,
    verdict: nullable(verdict),
    diagnoses: list(diagnosis),
  },
  ['follows'],
);

/** The JSON schema of what `triageData` makes: docs/triage.schema.json. Members may be added. */
export const triageJsonSchema = () => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'pagewright/triage/1',
  ...object({
    schema: { const: 'pagewright/triage/1' },
    lines: count,
    dropped: count,
    incidents: list(incident),
  }),
});
