/**
 * Characters that a terminal obeys or that hide text: C0 and C1 controls, DEL, line and paragraph
 * separators, zero-width and bidirectional marks, lone surrogates.
 */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const hexOf = (char: string, digits: number): string =>
  char.charCodeAt(0).toString(16).padStart(digits, '0');

/** Text that came from outside, with unsafe characters written as `\x1b` or `\u202e`. */
export const escapeText = (text: string): string =>
  text.replace(UNSAFE, (char) =>
    char.charCodeAt(0) < 0x100 ? `\\x${hexOf(char, 2)}` : `\\u${hexOf(char, 4)}`,
  );

/** JSON text with unsafe characters escaped; the line breaks of its layout stay. */
export const escapeJson = (json: string): string =>
  json.replace(UNSAFE, (char) => (char === '\n' ? char : `\\u${hexOf(char, 4)}`));
