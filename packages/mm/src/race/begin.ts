import type { Model } from '../model.js';
import { InFlight } from '../state/columns.js';

/** What every operation in progress is about. */
export interface About {
  readonly kind: number;
  readonly mm: number;
  readonly vma: number;
  readonly vpn: number;
  readonly frame?: number;
  readonly flags?: number;
  readonly departure?: number;
}

/** Notes an operation that has begun, and answers its record. Nothing of it has happened yet. */
export function begin({ state }: Model, about: About): number {
  const operation = state.take('inFlight', InFlight.used);
  state.set(InFlight.kind, operation, about.kind);
  state.setRef(InFlight.mm, operation, about.mm);
  state.setRef(InFlight.vma, operation, about.vma);
  state.setRef(InFlight.frame, operation, about.frame ?? -1);
  state.set(InFlight.vpn, operation, about.vpn);
  state.set(InFlight.flags, operation, about.flags ?? 0);
  state.set(InFlight.departure, operation, about.departure ?? 0);
  return operation;
}
