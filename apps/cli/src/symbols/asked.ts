import { fail, MASK64, ok, type Result } from '@pagewright/core';
import type { FoundSymbol, SymbolIndex } from './symbol-index.js';

/**
 * Answers one question: an address (`0x…`), a name, a name with an offset (`schedule+0x12`), or a
 * pattern with `*`. Nothing where there is none. Code `bad-usage` for an offset that is no number.
 */
export function answersTo(index: SymbolIndex, asked: string): Result<readonly FoundSymbol[]> {
  if (/^0x[0-9a-f]{1,16}$/i.test(asked)) {
    const found = index.at(BigInt(asked));
    return ok(found === undefined ? [] : [found]);
  }
  const plus = asked.indexOf('+');
  const name = plus < 0 ? asked : asked.slice(0, plus);
  const offset = plus < 0 ? '0' : asked.slice(plus + 1);
  if (!/^(0x[0-9a-f]{1,16}|[0-9]{1,19})$/i.test(offset)) {
    const shown = asked.slice(0, 80);
    return fail('bad-usage', `${JSON.stringify(shown)}: the offset is no number`, { shown });
  }
  const found = name.includes('*') ? [...index.fitting(patternOf(name))] : index.named(name);
  return ok(found.map((symbol) => ({ ...symbol, offset: BigInt(offset) & MASK64 })));
}

/** `*` stands for any number of characters; matched without going back more than to the last one. */
function patternOf(pattern: string): (name: string) => boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop() ?? '';
  return (name) => {
    if (!name.startsWith(first) || !name.endsWith(last)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at + last.length <= name.length;
  };
}
