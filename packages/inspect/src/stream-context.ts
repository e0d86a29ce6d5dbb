import { ok, type Result } from '@pagewright/core';
import type { Kernel } from './kernel.js';
import type { AddressSpace } from './mm.js';
import { type KernelPages, kernelPages } from './pages.js';
import { type ChosenKernel, chooseKernel, type Ground, type KernelOverrides } from './probes.js';
import type { WalkContext } from './stream.js';
import { formOfRoot } from './stream-form.js';

/** A dumped kernel by which entries are judged. */
export interface Judge {
  readonly chosen: ChosenKernel;
  readonly pages: KernelPages;
  /** Every decision about the kernel with what led to it. */
  readonly grounds: readonly Ground[];
  /** What walking an address space asks. Codes: `no-form`, those of reading its root. */
  context(space: Pick<AddressSpace, 'root'>): Result<WalkContext>;
}

/** Finds out how a kernel judges entries. Codes: those of `chooseKernel` and of `kernelPages`. */
export function openJudge(dumped: Kernel, overrides: KernelOverrides = {}): Result<Judge> {
  const { architecture, form, types, symbol, virtual } = dumped;
  const evidence = { types, symbols: { address: symbol } };
  const chosen = chooseKernel(architecture.backend, form, evidence, overrides);
  if (!chosen.ok) return chosen;
  const pages = kernelPages(dumped);
  if (!pages.ok) return pages;
  const { kernel, alternatives } = chosen.value;
  const formOf = madeOnce(chosen.value.formOf);
  const frames = pages.value;
  const { bounds } = frames;
  return ok({
    chosen: chosen.value,
    pages: pages.value,
    grounds: [...chosen.value.grounds, ...pages.value.grounds],
    context({ root }) {
      const found = formOfRoot(dumped, root, formOf);
      if (!found.ok) return found;
      const { memory } = virtual;
      return ok({
        memory,
        form: found.value,
        root,
        kernel,
        alternatives,
        frames,
        ...(bounds === undefined ? {} : { frameBounds: bounds }),
      });
    },
  });
}

/** Processes share the forms, and with them the code that is compiled for each. */
function madeOnce(formOf: ChosenKernel['formOf']): ChosenKernel['formOf'] {
  const made = new Map<string, ReturnType<typeof formOf>>();
  return (name) => {
    const found = made.get(name) ?? formOf(name);
    made.set(name, found);
    return found;
  };
}
