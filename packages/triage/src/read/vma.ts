import type { Field, LogVma } from '../incident.js';
import { asHex, asText, pointerOf, type Region, wordOf } from '../log/region.js';
import { optional } from './page.js';

const START = /\baddr:\s*(\S{1,24})\s+vm_flags:/d;
/** A handler that is there: neither `0x0` nor `(null)`. */
const HANDLERS: readonly (readonly [string, RegExp])[] = [
  ['fault', /(?:vm_ops->|\b)fault:\s*(\S{1,80})/d],
  ['mmap', /(?:f_op->|\bm{0,3})mmap:\s*(\S{1,80})/d],
  ['mmap_prepare', /\bmmap_prepare:\s*(\S{1,80})/d],
  ['read_folio', /\bread(?:page|_folio):\s*(\S{1,80})/d],
];

/** The lines `addr:..` and `file:..` of a bad page map report (SPEC 16.1, 16.2); undefined for none. */
export function readVma(region: Region): LogVma | undefined {
  const start = region.find(START);
  if (start === undefined) return undefined;
  const part = region.part(start.index);
  const handlers: Record<string, Field<string>> = {};
  for (const [name, pattern] of HANDLERS) {
    const found = part.field(pattern, (text) =>
      /^(?:0x0+|\(null\)|0+)$/.test(text) ? undefined : text.replace(/\+0x.*$/, ''),
    );
    if (found !== undefined) handlers[name] = found;
  }
  return {
    at: region.place(start.index),
    addrDigits: start[1]?.length ?? 0,
    ...optional({
      addr: part.field(START, wordOf),
      flags: part.field(/\bvm_flags:\s*(?:0x)?([0-9a-f]{1,16})\b/d, asHex),
      anonVma: part.field(/\banon_vma:\s*(\S{1,24})/d, pointerOf),
      mapping: part.field(/\bmapping:\s*(\S{1,24})/d, pointerOf),
      index: part.field(/\bindex:\s*(?:0x)?([0-9a-f]{1,16})\b/d, asHex),
      file: part.field(/\bfile:\s*(?!\(null\))(\S[^\n]{0,254}?)\s+fault:/d, asText),
    }),
    handlers,
  };
}
