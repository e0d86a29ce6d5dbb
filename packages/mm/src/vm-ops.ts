import type { Entry } from './machine/entries.js';
import type { Model } from './model.js';

/** A fault as a driver's handler gets it (`struct vm_fault`). */
export interface VmFault {
  readonly vma: number;
  /** Address as page number. */
  readonly vpn: number;
  /** FAULT_FLAG_* bits. */
  readonly flags: number;
  /** The entry when the fault began: empty, or a marker (vmf->orig_pte). */
  readonly orig: Entry;
  /** Frame of the page for a private copy (cow_page); -1 for none. */
  readonly cowPage: number;
  /** The page that the handler supplies, with a reference; -1 when it mapped something itself. */
  page: number;
}

/**
 * `vm_operations_struct`, as far as the model asks it. Handlers answer VM_FAULT_* bits. The kernel
 * looks whether a hook is there: a property that is not there is a NULL pointer.
 */
export interface VmOps {
  /** What scenarios call it. */
  readonly name: string;
  /**
   * file_operations->mmap(): sets a new VMA up. 0, or a negative errno, upon which the VMA goes
   * again (`mmapDevice`).
   */
  readonly mmap?: (model: Model, vma: number) => number;
  readonly fault?: (model: Model, vmf: VmFault) => number;
  readonly hugeFault?: (model: Model, vmf: VmFault, level: 'pmd' | 'pud') => number;
  readonly pageMkwrite?: (model: Model, vmf: VmFault, frame: number) => number;
  readonly pfnMkwrite?: (model: Model, vmf: VmFault) => number;
  /** find_special_page() / find_normal_page(): a frame number, or -1. */
  readonly findNormalPage?: (model: Model, vma: number, vpn: number) => number;
  /** A range is about to lose its entries (mmu_interval_notifier of a driver that has one). */
  readonly invalidate?: (model: Model, vma: number, start: number, end: number) => void;
  /** Told when a VMA is split or copied (open), and when it goes (close). */
  readonly open?: (model: Model, vma: number) => void;
  readonly close?: (model: Model, vma: number) => void;
}
