import type { Kernel as Rules } from '@pagewright/core';
import type { Kernel } from '../kernel.js';

/** In what smaps differs from kernel to kernel. Each point is a probe of the dump's types. */
export interface SmapsBehaviour {
  /** Mappings of raw pfns are walked too (SPEC 12.0). */
  readonly walksPfnMappings: boolean;
  /** Huge entries are those that vm_normal_page_pmd() answers; before, all that are huge pages. */
  readonly asksNormalPmd: boolean;
  /** Absent entries with a page are shared; before, migration entries are private. */
  readonly absentIsShared: boolean;
  /** The KSM line exists. */
  readonly showsKsm: boolean;
  /** The Pss_Dirty line exists. */
  readonly showsPssDirty: boolean;
  /** The number of the THPeligible line stands under the others. */
  readonly alignsThpEligible: boolean;
}

/** Finds out how a kernel's smaps behaves. */
export function smapsBehaviour({ types }: Kernel, rules: Rules): SmapsBehaviour {
  // The line came when smaps had begun to ask vm_normal_page_pmd() and to align THPeligible (6.6).
  const showsKsm = types.has('mem_size_stats.ksm');
  return {
    // Counters became per-cpu in the release that let walk_page_vma() ask no test (6.2).
    walksPfnMappings: types.has('mm_struct.rss_stat[0].counters'),
    asksNormalPmd: showsKsm,
    absentIsShared: rules.has('folio-walk'),
    showsKsm,
    showsPssDirty: types.has('mem_size_stats.pss_dirty'),
    alignsThpEligible: showsKsm,
  };
}
