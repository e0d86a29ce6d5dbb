/**
 * What VMCOREINFO of a dumped x86-64 kernel says about its page tables: pure functions, no reading.
 * @packageDocumentation
 */
import {
  type DumpFacts,
  fail,
  type HeaderGeneration,
  ok,
  type Result,
  shownLine,
} from '@pagewright/core';

export { kernelLayout } from './kernel/layout.js';
export { kernelSpace } from './kernel/space.js';

/** ELF e_machine of x86-64. */
const EM_X86_64 = 62;
/** Written by x86-64 kernels alone (arch/x86/kernel/crash_core_64.c). */
const FIVE_LEVELS = 'NUMBER(pgtable_l5_enabled)';

/** How a dumped kernel ran, as far as VMCOREINFO says. */
export interface DumpedKernel {
  readonly levels: 4 | 5;
  readonly headers: HeaderGeneration;
}

/**
 * Reads the number of levels and the generation of the headers. Codes: `not-this-arch` for another
 * machine, `undecided` where a line is missing or no line tells the generation.
 */
export function dumpedKernel(facts: DumpFacts): Result<DumpedKernel> {
  const { elfMachine, vmcoreinfo } = facts;
  const wide = vmcoreinfo.get(FIVE_LEVELS);
  if (elfMachine === undefined ? wide === undefined : elfMachine !== EM_X86_64) {
    return fail('not-this-arch', 'the dump is not of an x86-64 kernel');
  }
  if (wide !== '0' && wide !== '1') {
    return fail(
      'undecided',
      `VMCOREINFO does not say whether 4 or 5 levels were in use: ${shownLine(facts, FIVE_LEVELS)}`,
    );
  }
  const headers = headersOf(vmcoreinfo);
  if (headers === undefined) {
    return fail('undecided', 'no line of VMCOREINFO tells how old the page-table layout is');
  }
  return ok({ levels: wide === '1' ? 5 : 4, headers });
}

/**
 * The generation, by fields of struct page that changed in the same releases: compound_dtor went in
 * 6.6, when saved-dirty took devmap's bit; compound_head is compound_info in 7.2. Kernels 6.2 to 6.5,
 * read as 6.1, have its bits and number the types above the swap files one higher: the type for failed
 * reads had become a marker.
 */
function headersOf(lines: DumpFacts['vmcoreinfo']): HeaderGeneration | undefined {
  if (lines.has('OFFSET(page.compound_info)')) return '7.2';
  if (lines.has('OFFSET(page.compound_dtor)')) return '6.1';
  if (lines.has('OFFSET(page.compound_head)')) return '6.12';
  return undefined;
}
