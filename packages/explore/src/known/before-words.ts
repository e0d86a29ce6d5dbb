import type { Words } from '@pagewright/mm';
import type { TrackedWords } from './tracked-words.js';

/** The words of a state as they were before the operation that changes them: to be read alone. */
export class BeforeWords implements Words {
  constructor(private readonly tracked: TrackedWords) {}

  get(at: number): number {
    return this.tracked.getBefore(at);
  }

  nextSet(at: number, end: number): number {
    return this.tracked.nextSetBefore(at, end);
  }

  nextZero(at: number, end: number): number {
    for (let i = at; i < end; i++) if (this.get(i) === 0) return i;
    return -1;
  }

  read(at: number, into: Float64Array, start: number, end: number): void {
    for (let to = start; to < end; to++) into[to] = this.get(at + to - start);
  }

  set(): void {
    refuse();
  }

  fill(): void {
    refuse();
  }

  chunk(): undefined {
    refuse();
  }

  forEachSet(): void {
    refuse();
  }

  forEachDifference(): void {
    refuse();
  }

  copy(): Words {
    return refuse();
  }

  revert(): void {
    refuse();
  }
}

function refuse(): never {
  throw new Error('the state before an operation is there to be asked for single words');
}
