import {
  bitsTruncated,
  type FindKernelLayout,
  fail,
  type KernelFacts,
  type LinearRun,
  layoutOf,
  ok,
  physAddr,
  physicalInRun,
  probeWord,
  virtAddr,
} from '@pagewright/core';
import { buildForm } from '../form.js';
import { FORMS } from '../forms.js';
import { levelsFromRootEntry } from '../root.js';

/** Room for the image when nothing says where it ends (boot/startup.c, KASLR_LEN). */
const IMAGE_ROOM = 1n << 31n;

/**
 * s390x: since 6.10 the image is mapped apart from the identity mapping, which begins at
 * IDENTITYBASE; before, virtual addresses of memory were physical ones, the image included. The root
 * table's type, which its first entry bears, says how many levels the kernel's tables have.
 * Code `undecided` names what is missing.
 */
export const kernelLayout: FindKernelLayout = (facts) => {
  const { vmcoreinfo } = facts;
  const swapper = vmcoreinfo.symbol('swapper_pg_dir');
  if (swapper === undefined) return fail('undecided', 'VMCOREINFO has no SYMBOL(swapper_pg_dir)');
  const image = imageRun(facts);
  const root = image === undefined ? swapper : physicalInRun(image, swapper);
  if (root === undefined) return fail('undecided', 'swapper_pg_dir lies outside the kernel image');
  const type = probeWord(facts, physAddr(root));
  if (type === undefined) return fail('undecided', 'the kernel root table is not in the dump');
  const levels = levelsFromRootEntry(type);
  const spec = FORMS.find((form) => form.levels === levels);
  if (spec === undefined) return fail('undecided', 'the kernel root is a segment table', { type });
  const { headers } = facts.form;
  const form = spec.name === facts.form.name ? facts.form : buildForm(spec, {}, headers);
  const reach = 1n << BigInt(form.definition.addressBits);
  const identity = identityRun(facts, image);
  const vmemmap = vmcoreinfo.symbol('vmemmap') ?? wordAt(facts, [image, identity], 'vmemmap');
  return ok(
    layoutOf({
      form,
      root: physAddr(root),
      runs: [image, identity]
        .filter((run) => run !== undefined)
        .map((run) => ({ ...run, end: run.end < reach ? run.end : reach })),
      ...(identity === undefined ? {} : { pageOffset: identity.start }),
      ...(vmemmap === undefined ? {} : { vmemmap: virtAddr(vmemmap) }),
    }),
  );
};

/** The image (asm/page.h, __pa_nodebug() from __kaslr_offset on); none of its own before 6.10. */
function imageRun({ vmcoreinfo, symbol }: KernelFacts): LinearRun | undefined {
  const start = vmcoreinfo.hexadecimal('KERNELOFFSET');
  const physical = vmcoreinfo.hexadecimal('KERNELOFFPHYS');
  if (start === undefined || physical === undefined) return undefined;
  const end = symbol?.('_end') ?? start + IMAGE_ROOM;
  return { name: 'kernel image', start: virtAddr(start), end, physical };
}

/** Memory from 0 on, up to what the kernel calls `high_memory`. */
function identityRun(facts: KernelFacts, image: LinearRun | undefined): LinearRun | undefined {
  const start = facts.vmcoreinfo.hexadecimal('IDENTITYBASE') ?? 0n;
  const whole: LinearRun = {
    name: 'identity',
    start: virtAddr(start),
    end: 1n << 64n,
    physical: 0n,
  };
  const end = wordAt(facts, [image ?? whole], 'high_memory');
  return end === undefined || end <= start ? undefined : { ...whole, end };
}

/** Value of a variable that lies in one of the runs. */
export function wordAt(
  facts: KernelFacts,
  runs: readonly (LinearRun | undefined)[],
  name: string,
): bigint | undefined {
  const variable = facts.vmcoreinfo.symbol(name) ?? facts.symbol?.(name);
  if (variable === undefined) return undefined;
  for (const run of runs) {
    const at = run === undefined ? undefined : physicalInRun(run, variable);
    if (at !== undefined) return probeWord(facts, physAddr(bitsTruncated(at)));
  }
  return undefined;
}
