import { z } from 'zod';
import { boundSchema } from './definition.js';

/** The JSON Schema of bound files, for editors: made of the definition that files are read by. */
export function boundJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(boundSchema, { target: 'draft-7', reused: 'ref' });
  return { ...schema, title: 'Pagewright bound' };
}
