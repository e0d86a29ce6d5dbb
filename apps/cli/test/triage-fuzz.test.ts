import { jsonPieces, renderText } from '@pagewright/report';
import { expect, test } from 'vitest';
import { triageDamaged } from '../../../packages/triage/test/fuzz-logs.js';
import { triageDocument } from '../src/triage/document.js';

/** What terminals obey, and what hides text; line breaks are of the layout. */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\ud800-\udfff]/;
const CASES = 100;

test(`${CASES} damaged logs leave nothing that a terminal obeys`, { timeout: 120_000 }, () => {
  for (let seed = 1; seed <= CASES; seed++) {
    const document = triageDocument('a\x1b[31m.log', triageDamaged(seed));
    const text = renderText(document, { color: false, width: 100 });
    const json = [...jsonPieces(document)].join('');
    expect([seed, UNSAFE.exec(text)?.[0], UNSAFE.exec(json)?.[0]]).toEqual([
      seed,
      undefined,
      undefined,
    ]);
    expect(JSON.parse(json).incidents).toBeInstanceOf(Array);
  }
});
