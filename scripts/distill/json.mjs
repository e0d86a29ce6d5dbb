// JSON that people can read and diff: one row of a list on one line.
import { parse } from 'lossless-json';

/** Reads JSON whose integers may need 64 bits: those beyond 2^53 become bigints, the rest numbers. */
export function parseWide(text) {
  return parse(text, undefined, (digits) => {
    const number = Number(digits);
    return Number.isInteger(number) && !Number.isSafeInteger(number) ? BigInt(digits) : number;
  });
}

export const hex = (value) => `0x${BigInt(value).toString(16)}`;

/** Writes an object: scalars and small objects on a line each, lists with a line a row. */
export function linesOf(object) {
  const members = Object.entries(object).map(([key, value]) => {
    if (!Array.isArray(value) || value.length === 0)
      return `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
    const rows = value.map((row) => `    ${JSON.stringify(row)}`).join(',\n');
    return `  ${JSON.stringify(key)}: [\n${rows}\n  ]`;
  });
  return `{\n${members.join(',\n')}\n}\n`;
}
