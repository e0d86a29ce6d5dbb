import type { Facts } from '../facts.js';
import { at, type Rule, type Say } from '../rule.js';

const isCheck = ({ report }: Facts): boolean => report.kind === 'page_table_check';

/** BUGs, warnings and oopses that come with page-table state. */
export const ASSERTION_RULES: readonly Rule[] = [
  {
    id: 'table-check-function',
    sentence: 'Which function of the check of page tables stopped.',
    source: 'mm/page_table_check.c; FORMATS 6',
    applies: (f) => {
      if (!isCheck(f)) return [];
      const place = at(f.report.place?.at);
      const huge = f.inStack(/pmdp?_|pudp?_|huge|collapse/);
      const cleared = f.inStack(/page_table_check_(?:\w+_)?clear/);
      const zero = f.inStack(/page_table_check_zero/);
      const set = f.inStack(/page_table_check_(?:\w+_)?set/);
      const says: Say[] = [];
      if (cleared !== undefined || huge !== undefined) {
        const sentence = `${huge ?? cleared}(): ${huge === undefined ? 'a mapping is taken off that was not counted' : 'huge entries are tested by helpers of the architecture'}`;
        says.push({
          finding: 'table-check-itself',
          weight: huge === undefined ? 3 : 5,
          sentence,
          ...place,
        });
      }
      if (zero !== undefined) {
        const sentence = `${zero}(): a page is freed that is counted as mapped`;
        says.push({ finding: 'check-caught-kernel', weight: 3, sentence, ...place });
        says.push({ finding: 'driver-page-fields', weight: 2, sentence, ...place });
      }
      if (set !== undefined && huge === undefined) {
        const sentence = `${set}(): a second writable mapping, or one of another kind`;
        says.push({ finding: 'check-caught-kernel', weight: 4, sentence, ...place });
      }
      return says;
    },
  },
  {
    id: 'kernel-self-test',
    sentence: "The kernel's own test of page tables was running.",
    source: 'mm/debug_vm_pgtable.c',
    applies: (f) => {
      const sign = f.near('debug-vm-pgtable');
      if (sign === undefined) return [];
      return [{ finding: 'table-check-itself', weight: 5, sentence: sign.ground, ...at(sign.at) }];
    },
  },
  {
    id: 'rule-of-folios',
    sentence: 'An assertion about a page or folio failed.',
    source: 'include/linux/mmdebug.h',
    applies: (f) => {
      if (f.report.kind !== 'vm_bug_on_page') return [];
      const reason = f.report.reason;
      const says: Say[] = [
        {
          finding: 'assertion-failed',
          weight: 4,
          sentence: `the kernel asserts: ${(reason?.value ?? '').slice(0, 80)}`,
          ...at(reason?.at),
        },
      ];
      if (/_mapped\(/.test(reason?.value ?? '')) {
        const sentence = 'a page that leaves its cache is still mapped';
        says.push({ finding: 'table-lost', weight: 3, sentence, ...at(reason?.at) });
      }
      if (/PageTable|pagetable|pmd_huge_pte|\bptl\b/.test(reason?.value ?? '')) {
        const sentence = 'the assertion is about a page table';
        says.push({ finding: 'table-not-ready', weight: 7, sentence, ...at(reason?.at) });
      }
      if (/zero_(?:folio|page|pfn)|zone_device|devmap|dax/i.test(reason?.value ?? '')) {
        const sentence = 'the assertion is about a page that is no ordinary one';
        says.push({ finding: 'zero-page-counted', weight: 7, sentence, ...at(reason?.at) });
      }
      if (/ref_?count/.test(reason?.value ?? '')) {
        const sentence = 'a reference is taken on a page that has none, or dropped';
        says.push({ finding: 'reference-dropped-twice', weight: 3, sentence, ...at(reason?.at) });
      }
      return says;
    },
  },
  {
    id: 'warning-of-mm',
    sentence: 'A warning or BUG of mm/.',
    source: 'mm/*.c',
    applies: ({ report }) =>
      /^warn_mm_|^kernel_bug_rmap$/.test(report.kind)
        ? [
            {
              finding: 'assertion-failed',
              weight: 4,
              sentence: `${report.place?.value ?? 'mm/rmap.c'}: a rule of mm/ was broken`,
              ...at(report.place?.at ?? report.reason?.at),
            },
          ]
        : [],
  },
  {
    id: 'anon-vma-functions',
    sentence: 'Code of anon_vmas is in the stack of a warning or BUG.',
    source: 'mm/rmap.c unlink_anon_vmas(); SPEC 9.10, 15.11',
    applies: (f) => {
      const code = f.inStack(/anon_vma/);
      if (!/^warn_mm_rmap$|^kernel_bug_rmap$/.test(f.report.kind) || code === undefined) return [];
      const sentence = `${code}() found counts of an anon_vma that do not fit`;
      return [{ finding: 'anon-vma-broken', weight: 6, sentence, ...at(f.report.place?.at) }];
    },
  },
  {
    id: 'entries-are-good',
    sentence: 'An oops whose entries are what they should be.',
    source: 'FORMATS 6',
    applies: (f) => {
      if (f.report.kind !== 'oops_pagetable') return [];
      const last = f.word ?? undefined;
      const says: Say[] = [
        {
          finding: 'plain-oops',
          weight: 5,
          sentence: 'entries are printed with every fault; the first question is the faulting code',
          ...at(f.report.address?.at),
        },
      ];
      if (last !== undefined && last.reading.kind === 'invalid') {
        const sentence = `the ${last.entry.level} is no valid entry`;
        says.push({ finding: 'foreign-entry', weight: 4, sentence, ...at(last.entry.raw.at) });
      }
      return says;
    },
  },
];
