import type { Model } from '../model.js';
import type { Progress } from './progress.js';

/** One step of an operation in progress, which nothing interrupts. */
export interface RaceStep {
  /** Somebody else must do something before; without it, the step can always be done. */
  readonly waits?: (model: Model, operation: number) => boolean;
  /** What it came to. A step that ends the operation before its last one gives everything back. */
  readonly run: (model: Model, operation: number) => Progress;
}

/** How an operation runs. */
export interface RaceKind {
  /** Its steps; they are the same on all kernels: a step that a kernel lacks does nothing. */
  readonly steps: (model: Model, operation: number) => readonly RaceStep[];
  /** What it came to ends it, whatever steps are left. */
  readonly ends: ReadonlySet<Progress>;
  /**
   * It is forgotten only when its last step was asked for, though the others do nothing: they still
   * wait for what they would wait for.
   */
  readonly lingers?: (model: Model, operation: number) => boolean;
  /** Gives back what the operation holds to its end, whichever that is. */
  readonly end?: (model: Model, operation: number, came: Progress) => void;
}
