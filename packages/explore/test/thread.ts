import { lendHand } from '../src/node.js';
import { beginBound } from '../src/search/explore.js';
import { boundOf, groundFor } from './forms.js';

/** What the tests tell a thread. */
export interface Wanted {
  readonly text: string;
  readonly kernel: string;
}

lendHand((wanted) => {
  const { text, kernel } = wanted as Wanted;
  const ground = groundFor(kernel);
  return beginBound(boundOf(text), ground.form, ground.kernel);
});
