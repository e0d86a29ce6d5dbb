import type { Bits } from '@pagewright/core';
import type { LogPage } from '../incident.js';
import { asHex, asNumber, asText, pointerOf, type Region, wordOf } from '../log/region.js';

/** `page:PTR refcount:1 ...`, `page: refcount:1`, `page:PTR flags:.. count:1 ...`. */
const START = /(?<!head.{0,3})\bpage:(?!\[)\s*\S{0,24}?\s*(?=(?:ref)?count:|flags:)/d;
/** Words of a struct page and of the two behind it. */
const MOST_WORDS = 32;
const WORDS = /^\s*(?:raw|head):((?:\s+[0-9a-f]{8,16}\b)+)/gm;

/** What dump_page() printed (mm/debug.c), in all forms since 2.6; undefined for no such part. */
export function readPage(region: Region): LogPage | undefined {
  const start = region.find(START);
  if (start === undefined) return undefined;
  const part = region.part(start.index);
  const flags = part.find(/flags:\s*(?:0x)?([0-9a-f]{1,16})(?:\(([^)\n]*)\))?/d);
  const names = flags?.[2] ?? '';
  return {
    at: region.place(start.index),
    ...optional({
      pfn: part.field(/\bpfn:(?:0x)?([0-9a-f]{1,16})\b/d, asHex),
      refcount: part.field(/\b(?:ref)?count:(-?\d{1,11})\b/d, asNumber),
      mapcount: part.field(/(?<!_)\bmapcount:(-?\d{1,11})\b/d, asNumber),
      mapping: part.field(/\bmapping:\s*(\S{1,24})/d, pointerOf),
      index: part.field(/\bindex:(?:0x)?([0-9a-f]{1,16})\b/d, asHex),
      flags: flags === undefined ? undefined : part.group(flags, 1, asHex),
      pageType: part.field(/\bpage_type:\s*(\S{1,64})/d, asText),
      aops: part.field(/\baops:(\S{1,80})|^(\w{1,60}_aops)\b/dm, asText),
      order: part.field(/\border:(\d{1,2})\b/d, asNumber),
      because: part.field(/page dumped because:\s*([^\n]{1,200})/d, asText),
    }),
    flagNames: names === '' ? [] : names.split('|').filter((name) => !name.includes('=')),
    kinds: ['anon', 'ksm'].filter((kind) => new RegExp(`^${kind}\\b`, 'm').test(part.text)),
    ...rawWords(part.text),
  };
}

/** The words of struct page, over line breaks that mail has put in. */
function rawWords(text: string): Pick<LogPage, 'raw' | 'rawDigits'> {
  const raw: Bits[] = [];
  let rawDigits = 0;
  for (const [, list = ''] of text.matchAll(WORDS)) {
    for (const word of list.trim().split(/\s+/)) {
      const value = wordOf(word);
      if (value === undefined || raw.length >= MOST_WORDS) continue;
      raw.push(value);
      rawDigits = Math.max(rawDigits, word.length);
    }
  }
  return { raw, rawDigits };
}

/** An object without the fields that are not known. */
export function optional<T extends object>(all: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined),
  ) as never;
}
