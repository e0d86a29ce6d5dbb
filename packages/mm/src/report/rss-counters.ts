import type { Model } from '../model.js';
import { Mm } from '../state/columns.js';
import { RSS_COUNTERS } from '../vma/exit.js';

/**
 * check_mm(): what exit would print of counters that are not 0 although nothing is mapped any more,
 * and of page tables that were never freed (kernel/fork.c; SPEC 16.3).
 */
export function checkMmLines(model: Model, mm: number): string[] {
  const { state } = model;
  const lines = RSS_COUNTERS.filter(({ field }) => state.get(field, mm) !== 0).map(
    ({ name, field }) =>
      `BUG: Bad rss-counter state mm:${mm} type:${name} val:${state.get(field, mm)}`,
  );
  const tables = [Mm.nrPtes, Mm.nrPmds, Mm.nrPuds].reduce((n, each) => n + state.get(each, mm), 0);
  if (tables === 0) return lines;
  const bytes = tables * 2 ** model.machine.form.definition.pageShift;
  return [...lines, `BUG: non-zero pgtables_bytes on freeing mm: ${bytes}`];
}
