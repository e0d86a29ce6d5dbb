import { beginBound } from '@pagewright/explore';
import { lendHand } from '@pagewright/explore/node';
import { groundFor, readBound } from './explore/bounds.js';
import type { ThreadWanted } from './explore/thread-wanted.js';
import { formSource } from './scenario/forms.js';

const source = await formSource();

lendHand((wanted) => {
  const { path, form, kernel, symmetry } = wanted as ThreadWanted;
  const bound = readBound(path);
  if (!bound.ok) return bound;
  const ground = groundFor(bound.value, source, { form, kernel });
  if (!ground.ok) return ground;
  return beginBound(bound.value, ground.value.form, ground.value.kernel, symmetry);
});
