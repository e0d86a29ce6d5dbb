import type { Document, Json } from './document.js';
import { escapeJson } from './escape.js';

/** Lists and objects inside of each other that are written member by member; deeper ones at once. */
const SPREAD_DEPTH = 6;

/** The document's data as JSON text, ending in a line break, safe to show on a terminal. */
export const renderJson = (document: Document): string => [...jsonPieces(document)].join('');

/** The same in pieces, so that a long answer is in memory as text a piece at a time. */
export function* jsonPieces({ data }: Document): Generator<string> {
  for (const piece of piecesOf(data, '\n', SPREAD_DEPTH)) yield escapeJson(piece);
  yield '\n';
}

/** @param line the line break and indentation of the line that the value begins on */
function* piecesOf(value: Json, line: string, depth: number): Generator<string> {
  const isList = Array.isArray(value);
  const members = value !== null && typeof value === 'object' ? Object.entries(value) : [];
  if (members.length === 0 || depth === 0) {
    yield JSON.stringify(value, null, 2).replaceAll('\n', line);
    return;
  }
  const inner = `${line}  `;
  let before = isList ? '[' : '{';
  for (const [name, member] of members) {
    if (member === undefined) continue;
    yield `${before}${inner}${isList ? '' : `${JSON.stringify(name)}: `}`;
    yield* piecesOf(member, inner, depth - 1);
    before = ',';
  }
  yield before === '{' ? '{}' : `${line}${isList ? ']' : '}'}`;
}
