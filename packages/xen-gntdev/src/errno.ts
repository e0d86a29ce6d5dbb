import type { Problem, Result } from '@pagewright/core';

/** Errors that the driver answers, by the kernel's names (drivers/xen/gntdev.c). */
export type Errno = 'EINVAL' | 'ENOMEM' | 'ENOENT' | 'EFAULT' | 'ENODEV' | 'EBUSY' | 'ENXIO';

/** An error number with its reason, or a place where the kernel would stop with BUG(). */
export interface GntdevProblem extends Problem {
  readonly code: Errno | 'BUG';
}

/** What an operation of the driver answers. */
export type Outcome<T> = Result<T, GntdevProblem>;

/** A failed operation. */
export const refuse = (
  code: GntdevProblem['code'],
  message: string,
  evidence: NonNullable<Problem['evidence']> = {},
): { readonly ok: false; readonly problem: GntdevProblem } => ({
  ok: false,
  problem: { code, message, evidence },
});
