import { z } from 'zod';
import { scenarioSchema } from './definition.js';

/** The JSON Schema of scenario files, for editors: made of the definition that files are read by. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(scenarioSchema, { target: 'draft-7', reused: 'ref' });
  return { ...schema, title: 'Pagewright scenario' };
}
