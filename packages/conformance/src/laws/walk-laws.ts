import {
  type EntryForm,
  hex,
  physAddr,
  ranges,
  type Span,
  tableLevels,
  walk,
} from '@pagewright/core';
import { ask, change } from './ask.js';
import { type Built, build, entriesOf, firstOf, pageSize, spanOf, sweepOf } from './built-space.js';
import type { Broken, Law } from './law.js';
import { pointerTo } from './page-tables.js';

const law = (
  id: string,
  sentence: string,
  source: string,
  check: (form: EntryForm, built: Built, span: Span) => Broken | undefined,
): Law => ({
  id,
  group: 'walk',
  sentence,
  source,
  over: 'form',
  at:
    (form, _level, { part }) =>
    () => {
      const built = build(form);
      return 'expected' in built ? built : check(form, built, spanOf(form, built, part));
    },
});

const WALKER = 'mm/pagewalk.c __walk_page_range; LevelGeometry of @pagewright/core';

/** Walking tables that were built by encoding. */
export const walkLaws: readonly Law[] = [
  law(
    'what is built is found',
    'Every page put into tables is found at its address.',
    WALKER,
    (form, built) => {
      if (built.mapped.length === 0) return { expected: 'something mapped', got: 'nothing' };
      for (const { address, level, pfn } of built.mapped) {
        const found = walk(form, built.memory, built.root, address);
        const end = found.ok ? found.value.end : undefined;
        if (end?.kind !== 'mapped' || end.pfn !== pfn || end.level !== level) {
          return {
            expected: `${hex(address)} mapped at ${level} to ${hex(pfn)}`,
            got: end?.kind === 'mapped' ? `${end.level} ${hex(end.pfn)}` : (end?.kind ?? 'refused'),
          };
        }
      }
      return undefined;
    },
  ),
  law(
    'offset within a huge page',
    'An address inside a huge page is mapped to the frame that lies as far into it.',
    'mm/gup.c gup_fast_pmd_leaf; SPEC 5.7',
    (form, built) => {
      const size = pageSize(form);
      for (const { address, level, pfn } of built.mapped) {
        const last = (1n << BigInt(form.geometry(level)?.shift ?? 0)) - 1n;
        const found = walk(form, built.memory, built.root, address + last);
        const end = found.ok ? found.value.end : undefined;
        const expected = BigInt.asUintN(64, pfn * size + last);
        if (end?.kind !== 'mapped' || end.physical !== expected) {
          const got = end?.kind === 'mapped' ? hex(end.physical) : 'not mapped';
          return { expected: `${hex(address + last)} at ${hex(expected)}`, got };
        }
      }
      return undefined;
    },
  ),
  law(
    'parts tile the span',
    'Walked parts follow each other without gap or overlap.',
    WALKER,
    (form, built, span) => {
      const parts = entriesOf(form, built, span);
      if (!Array.isArray(parts)) return parts;
      let at = span.start;
      for (const part of parts) {
        if (part.start !== at || part.end <= part.start) {
          return { expected: `a part from ${hex(at)}`, got: `${hex(part.start)}-${hex(part.end)}` };
        }
        at = part.end;
      }
      return at === span.end
        ? undefined
        : { expected: `parts up to ${hex(span.end)}`, got: hex(at) };
    },
  ),
  law(
    'ranges tile the span',
    'Ranges of equal parts tile what the parts tiled.',
    WALKER,
    (form, built, span) => {
      const parts = entriesOf(form, built, span);
      if (!Array.isArray(parts)) return parts;
      const joined = [...ranges(parts, (part) => part.decoded.kind)];
      const count = joined.reduce((sum, range) => sum + range.entries, 0);
      const gap = joined.find((range, i) => i > 0 && joined[i - 1]?.end !== range.start);
      const equal = joined.find((range, i) => i > 0 && joined[i - 1]?.key === range.key);
      if (gap || equal || count !== parts.length) {
        return {
          expected: `${parts.length} entries in ranges of different kinds`,
          got: `${count}`,
        };
      }
      return undefined;
    },
  ),
  law(
    'one address and a span agree',
    'Walking one address ends at the entry that a walk of the span shows there.',
    WALKER,
    (form, built, span) => {
      const parts = entriesOf(form, built, span);
      if (!Array.isArray(parts)) return parts;
      const step = Math.max(1, Math.floor(parts.length / 64));
      for (const part of parts.filter((p, i) => i % step === 0 || p.decoded.kind === 'leaf')) {
        const found = walk(form, built.memory, built.root, part.end - 1n);
        const last = found.ok ? found.value.steps.at(-1) : undefined;
        if (last?.raw !== part.raw || last.level !== part.level || last.index !== part.index) {
          return {
            expected: `${part.level} entry ${hex(part.raw)} at ${hex(part.start)}`,
            got: last === undefined ? 'no entry' : `${last.level} entry ${hex(last.raw)}`,
          };
        }
      }
      return undefined;
    },
  ),
  law(
    'loops end',
    'A table that points to itself ends the walk with the place where it did.',
    'walk and walkEntries of @pagewright/core',
    (form, built) => {
      const levels = tableLevels(form);
      const top = levels[0];
      if (top === undefined || levels.length < 2) return undefined;
      const pointer = pointerTo(form, top.level, sweepOf(form, top.level), built.root);
      if (pointer === undefined) return { expected: 'a pointer to the root', got: 'none found' };
      built.memory.write(built.root, 0, pointer);
      const parts = firstOf(form, built, 2);
      if (!Array.isArray(parts)) return parts;
      const first = parts[0];
      const code = first?.problem?.code;
      return code === 'table-loop'
        ? undefined
        : {
            expected: 'table-loop at the first entry',
            got: code ?? first?.decoded.kind ?? 'nothing',
          };
    },
  ),
  law(
    'unreadable tables',
    'A pointer to memory that is not there is a problem at its place, not an end of the walk.',
    'walk and walkEntries of @pagewright/core',
    (form, built) => {
      const levels = tableLevels(form);
      const top = levels[0];
      if (top === undefined || levels.length < 2) return undefined;
      const nowhere = physAddr(built.memory.byteCount * 2n);
      const pointer = pointerTo(form, top.level, sweepOf(form, top.level), nowhere);
      if (pointer === undefined) return { expected: 'a pointer to nowhere', got: 'none found' };
      built.memory.write(built.root, 0, pointer);
      const parts = firstOf(form, built, 2);
      if (!Array.isArray(parts)) return parts;
      const one = walk(form, built.memory, built.root, 0n);
      const end = one.ok ? one.value.end.kind : 'refused';
      if (parts[0]?.problem?.code !== 'not-in-dump' || end !== 'unreadable') {
        return {
          expected: 'not-in-dump, unreadable',
          got: `${parts[0]?.problem?.code ?? 'no problem'}, ${end}`,
        };
      }
      return parts.length > 1 ? undefined : { expected: 'parts behind it', got: 'none' };
    },
  ),
  law(
    'addresses outside the form',
    'An address that the tables do not translate is refused.',
    'arch asm/processor.h TASK_SIZE; LevelGeometry of @pagewright/core',
    (form, built) => {
      const { addressBits, wordBits } = form.definition;
      if (addressBits >= wordBits) return undefined;
      const outside = 1n << BigInt(addressBits);
      const found = walk(form, built.memory, built.root, outside);
      return found.ok
        ? { expected: `${hex(outside)} refused`, got: found.value.end.kind }
        : undefined;
    },
  ),
  law(
    'mkold, wrprotect and mkspecial in place',
    'Changing marks of a mapped entry changes no translation.',
    'mm/rmap.c page_vma_mapped_walk compares frames only; SPEC 9.12',
    (form, built) => {
      const pte = built.mapped.find(({ level }) => level === 'pte');
      const present = ask(form, 'pte', 'present');
      if (pte === undefined || present === undefined) return undefined;
      const found = walk(form, built.memory, built.root, pte.address);
      const step = found.ok ? found.value.steps.at(-1) : undefined;
      if (step === undefined) return { expected: 'a pte', got: 'none' };
      for (const name of ['mkold', 'wrprotect', 'mkspecial', 'mkdirty']) {
        const transform = change(form, 'pte', name);
        if (transform === undefined) continue;
        built.memory.write(step.table, step.index, transform(step.raw));
        const again = walk(form, built.memory, built.root, pte.address);
        const end = again.ok ? again.value.end : undefined;
        if (end?.kind !== 'mapped' || end.pfn !== pte.pfn) {
          return { expected: `${hex(pte.pfn)} after pte_${name}()`, got: end?.kind ?? 'refused' };
        }
      }
      return undefined;
    },
  ),
];
