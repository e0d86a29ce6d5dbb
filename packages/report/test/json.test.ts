import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeJson, type Json, type JsonObject, jsonPieces, renderJson } from '../src/index.js';

test('in pieces or at once: the text that JSON.stringify lays out, and safe to show', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 9 })),
      (made) => {
        // As a renderer finds it: plain objects, and no negative zero.
        const data = JSON.parse(JSON.stringify(made)) as JsonObject;
        const document = { blocks: [], data };
        const text = `${escapeJson(JSON.stringify(data, null, 2))}\n`;
        expect(renderJson(document)).toBe(text);
        expect([...jsonPieces(document)].join('')).toBe(text);
      },
    ),
  );
});

test('a long list is no long piece', () => {
  const ranges: Json[] = Array.from({ length: 5000 }, (_, start) => ({ start, kind: 'leaf' }));
  const data = { processes: [{ vmas: [{ ranges }] }] };
  const lengths = [...jsonPieces({ blocks: [], data })].map(({ length }) => length);
  expect(Math.max(...lengths)).toBeLessThan(100);
});
