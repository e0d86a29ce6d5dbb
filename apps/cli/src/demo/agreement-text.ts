import { type Span, span } from '@pagewright/report';
import type { Agreement } from '../process/against-truth.js';

/** What was compared with the kernel's own account, with counts, and what came of it. */
export function agreementText(agreement: Agreement): readonly (string | Span)[] {
  const { presentPages, absentPages, pfnmapEntries, verdicts, differences } = agreement;
  const count = differences.length;
  const outcome = count === 0 ? span('no difference', 'good') : span(`${count} differ`, 'problem');
  return [
    `${presentPages} present pages, ${absentPages} absent ones, ${pfnmapEntries} PFNMAP entries, ` +
      `${verdicts.pte} answers of vm_normal_page() and ${verdicts.pmd} of its pmd form: `,
    outcome,
    '.',
  ];
}
