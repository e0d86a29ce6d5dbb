import type { IncidentKind } from '../../incident.js';
import type { FindingId } from '../findings.js';
import type { Rule } from '../rule.js';

/** What reports of a kind turned out to be most often; a hint, weaker than any sign. */
const USUAL: Readonly<Partial<Record<IncidentKind, readonly FindingId[]>>> = {
  bad_page_map: ['foreign-entry', 'lost-special-mark', 'bit-flip'],
  bad_page_state: ['page-already-free', 'freed-with-table-type', 'assertion-failed'],
  bad_rss_counter: ['counters-adrift', 'table-lost'],
  bad_swap_entry: ['swap-bits-collide', 'stray-entry', 'bit-flip'],
  bad_pmd: ['healthy-huge-entry', 'foreign-entry', 'table-reused'],
  bad_pud: ['healthy-huge-entry', 'foreign-entry', 'table-reused'],
  bad_p4d: ['assertion-failed', 'foreign-entry', 'table-reused'],
  bad_pgd: ['assertion-failed', 'foreign-entry', 'table-reused'],
  corrupted_page_table: ['stray-entry', 'wrong-table-address', 'bit-flip'],
  page_table_check: ['table-check-itself', 'check-caught-kernel'],
  vm_bug_on_page: ['assertion-failed', 'device-page-counted', 'table-lost'],
  kernel_bug_rmap: ['assertion-failed', 'reference-dropped-twice', 'bit-flip'],
  oops_pagetable: ['plain-oops', 'stray-entry'],
  xen_guest: ['foreign-frame'],
};

/** Weight of the first; each further one has half a point less. */
const FIRST = 1.5;
/** Kinds that are themselves a sign: most of them come from one class of causes. */
const TELLING: readonly IncidentKind[] = ['page_table_check', 'oops_pagetable'];
const MORE = 2;

/** How often causes are found for a kind of report (FORMATS 8). */
export const USUAL_CAUSE_RULES: readonly Rule[] = [
  {
    id: 'usual-cause',
    sentence: 'What such reports most often come from.',
    source: 'FORMATS 8',
    applies: ({ report }) => {
      const usual = USUAL[report.kind] ?? ['assertion-failed', 'foreign-entry'];
      return usual.map((finding, i) => ({
        finding,
        weight: FIRST - i / 2 + (i === 0 && TELLING.includes(report.kind) ? MORE : 0),
        sentence: 'reports of this kind often come from it',
      }));
    },
  },
];
