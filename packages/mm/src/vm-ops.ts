import type { Model } from './model.js';

/** A fault as a driver's handler gets it (`struct vm_fault`). */
export interface VmFault {
  readonly vma: number;
  /** Address as page number. */
  readonly vpn: number;
  /** FAULT_FLAG_* bits. */
  readonly flags: number;
  /** Frame of the page for a private copy (cow_page); -1 for none. */
  readonly cowPage: number;
}

/**
 * `vm_operations_struct`, as far as the model asks it. Handlers answer VM_FAULT_* bits. The kernel
 * looks whether a hook is there: a property that is not there is a NULL pointer.
 */
export interface VmOps {
  /** What scenarios call it. */
  readonly name: string;
  readonly fault?: (model: Model, vmf: VmFault) => number;
  readonly hugeFault?: (model: Model, vmf: VmFault, level: 'pmd' | 'pud') => number;
  readonly pageMkwrite?: (model: Model, vmf: VmFault, frame: number) => number;
  readonly pfnMkwrite?: (model: Model, vmf: VmFault) => number;
  /** find_special_page() / find_normal_page(): a frame number, or -1. */
  readonly findNormalPage?: (model: Model, vma: number, vpn: number) => number;
  /** Told when a VMA is split or copied (open), and when it goes (close). */
  readonly open?: (model: Model, vma: number) => void;
  readonly close?: (model: Model, vma: number) => void;
}
