import { ok, type Result } from '@pagewright/core';
import type { Kernel } from '../kernel.js';
import type { AddressSpace } from '../mm.js';
import type { WalkContext } from '../stream.js';
import type { Judge } from '../stream-context.js';
import type { MappedArea } from '../vma/vmas.js';
import { AreaWalk, type Uncounted } from './area-walk.js';
import { type Backing, Backings } from './backing.js';
import { type SmapsBehaviour, smapsBehaviour } from './behaviour.js';
import { HugePages } from './huge-pages.js';
import { PageSizes } from './page-size.js';
import { protectionKey, usesProtectionKeys } from './protection-key.js';
import { ShmemSwapUsage } from './shmem-swap.js';
import type { MemorySizes } from './sizes.js';
import { vmFlagLetters } from './vm-flags.js';

/** What /proc/PID/smaps says of one area. */
export interface AreaSmaps {
  readonly area: MappedArea;
  /** Bytes of the area itself. */
  readonly bytes: number;
  /** Bytes of the pages that the kernel maps it with, and the machine. */
  readonly kernelPageBytes: number;
  readonly mmuPageBytes: number;
  readonly sizes: MemorySizes;
  readonly thpEligible: boolean;
  /** Absent where the kernel uses no protection keys. */
  readonly protectionKey?: number;
  /** Letters of the VmFlags line; `??` for flags that the kernel has no letters for. */
  readonly vmFlags: readonly string[];
  /** What is missing from the sizes. */
  readonly uncounted?: Uncounted;
}

/** The smaps of one kernel's processes (fs/proc/task_mmu.c, show_smap(); SPEC 12.1). */
export class Smaps {
  readonly behaviour: SmapsBehaviour;
  private readonly walk: AreaWalk;
  private readonly backings: Backings;
  private readonly pageSizes: PageSizes;
  private readonly shmem: ShmemSwapUsage;
  private readonly hugePages: HugePages;
  private readonly usesKeys: boolean;

  constructor(
    dumped: Kernel,
    private readonly judge: Judge,
  ) {
    const rules = judge.chosen.kernel;
    this.behaviour = smapsBehaviour(dumped, rules);
    this.walk = new AreaWalk(dumped, judge.pages, this.behaviour);
    this.backings = new Backings(dumped);
    this.pageSizes = new PageSizes(dumped);
    this.shmem = new ShmemSwapUsage(dumped);
    this.hugePages = new HugePages(dumped, rules);
    this.usesKeys = usesProtectionKeys(dumped);
  }

  /** Areas of a space, one at a time. Codes when it cannot begin: those of `Judge.context`. */
  areas(space: AddressSpace, areas: Iterable<MappedArea>): Result<Iterable<AreaSmaps>> {
    const context = this.judge.context(space);
    if (!context.ok) return context;
    const each = (area: MappedArea) => this.area(context.value, space, area);
    return ok({
      *[Symbol.iterator]() {
        for (const area of areas) yield each(area);
      },
    });
  }

  private area(context: WalkContext, space: AddressSpace, area: MappedArea): AreaSmaps {
    const found = this.backings.of(area);
    const backing = found?.ok ? found.value : undefined;
    const shmem = backing?.isShmem ? this.shmem.of(area, backing) : undefined;
    const pageBytes = this.pageSizes.of(area, backing);
    const counted = this.walk.count(context, area, {
      isDax: backing?.isDax ?? false,
      ...(this.pageSizes.isHugetlb(area) && { hugetlbBytes: pageBytes }),
      ...(shmem?.ok && { shmem: shmem.value }),
    });
    const uncounted = counted.uncounted ?? missing(found) ?? missing(shmem);
    return {
      area,
      bytes: Number(area.end - area.start),
      kernelPageBytes: pageBytes,
      mmuPageBytes: pageBytes,
      sizes: counted.sizes,
      thpEligible: this.hugePages.eligible(area, backing, space),
      ...(this.usesKeys && { protectionKey: protectionKey(area.flags, context.form) }),
      vmFlags: vmFlagLetters(area.flags, context.form, context.kernel),
      ...(uncounted && { uncounted }),
    };
  }
}

const missing = (read: Result<Backing | object> | undefined): Uncounted | undefined =>
  read === undefined || read.ok ? undefined : { entries: 0, first: read.problem };
