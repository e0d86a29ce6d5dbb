import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseVmcoreinfo, readKallsyms, type SymbolMemory } from '../src/index.js';
import { makeKallsyms } from './make-kallsyms.js';

const TEXT = 0xffffffff81000000n;
const SYMBOLS = [
  { name: '_stext', address: TEXT, type: 'T' },
  ...Array.from({ length: 60 }, (_, i) => ({
    name: `function_${i}`,
    address: TEXT + BigInt(i * 48),
    type: 't',
  })),
];
const KNOWN = new Set(['bad-kallsyms', 'no-kallsyms', 'not-mapped']);

/** Counts the bytes that are asked for, read or not. */
function counted(memory: SymbolMemory): { memory: SymbolMemory; asked: () => number } {
  let asked = 0;
  const read: SymbolMemory['read'] = (address, length) => {
    asked += length;
    return memory.read(address, length);
  };
  return { memory: { ...memory, read }, asked: () => asked };
}

const change = fc.record({ at: fc.nat(), value: fc.nat(255) });
const edit = fc.record({ at: fc.nat(), letter: fc.constantFrom(...'0123456789abcdef=()S\n') });

test('500 damaged symbol tables: a named problem or symbols that can all be asked for', () => {
  let readable = 0;
  fc.assert(
    fc.property(
      fc.constantFrom('relative' as const, 'percpu-absolute' as const, 'place-relative' as const),
      fc.boolean(),
      fc.array(change, { maxLength: 8 }),
      fc.array(edit, { maxLength: 2 }),
      (form, addressesFirst, changes, edits) => {
        const image = makeKallsyms({ symbols: SYMBOLS, form, addressesFirst });
        for (const { at, value } of changes) image.bytes[at % image.bytes.length] = value;
        const text = [...image.vmcoreinfo];
        for (const { at, letter } of edits) text[at % text.length] = letter;
        const { memory, asked } = counted(image.memory);
        const found = readKallsyms(memory, parseVmcoreinfo(text.join('')));
        expect(asked()).toBeLessThan(1 << 28);
        if (!found.ok) {
          expect(KNOWN).toContain(found.problem.code);
          return;
        }
        readable++;
        const symbols = found.value;
        expect(symbols.count).toBeLessThanOrEqual(image.bytes.length);
        for (let i = 0; i < symbols.count; i++) {
          const { name, address } = symbols.at(i);
          expect(name.length).toBeLessThan(512);
          symbols.all(name);
          symbols.nearest(address);
        }
      },
    ),
    { numRuns: 500, seed: 20261121 },
  );
  // Were every image refused at once, the rest would not have been tried.
  expect(readable).toBeGreaterThan(50);
});
