import { type EntryForm, type Kernel, ok, type Pfn } from '@pagewright/core';
import { type Outcome, refuse } from './errno.js';
import type { GrantTable } from './grant-table.js';

/**
 * Who writes the entries of user mappings: in a `pv` guest the hypervisor (use_ptemod), else the
 * guest itself, as for any page.
 */
export type Domain = 'pv' | 'hvm';

/** Most grants of one map (module parameter `limit`). */
export const DEFAULT_LIMIT = 64 * 1024;

/** The driver in one guest. */
export interface GntdevDevice {
  readonly kernel: Kernel;
  readonly form: EntryForm;
  readonly domain: Domain;
  readonly grants: GrantTable;
  /** gnttab_alloc_pages(): ballooned guest frames, or null without memory. */
  readonly allocatePages: (count: number) => readonly Pfn[] | null;
  readonly limit: number;
}

/**
 * The driver for a guest. `ENODEV` for a PV guest on a form without special mark: there the mark
 * that the hypervisor sets would say nothing, and no such guests exist.
 */
export function gntdevDevice(
  parts: Omit<GntdevDevice, 'limit'> & { readonly limit?: number },
): Outcome<GntdevDevice> {
  const { domain, form } = parts;
  if (domain === 'pv' && form.geometry('pte')?.hasSpecial !== true) {
    return refuse('ENODEV', `${form.name} has no special mark: no PV guest runs on it`);
  }
  return ok({ limit: DEFAULT_LIMIT, ...parts });
}

/** Name that the kernel gives the hook of its VMAs, which `Vma.ops.findNormalPage` stands for. */
export const hookName = (kernel: Kernel): 'find_special_page' | 'find_normal_page' =>
  kernel.has('find-normal-page') ? 'find_normal_page' : 'find_special_page';
