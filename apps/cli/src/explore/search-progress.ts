import type { Progress } from '@pagewright/explore';
import { slowProgress } from '../progress.js';

/** Tells on a terminal how far a search is: its rate is that of this run, wherever it went on from. */
export function searchProgress(): (progress: Progress) => void {
  const tell = slowProgress();
  let first: { readonly at: number; readonly transitions: number } | undefined;
  return ({ states, transitions, depth, queue, bytes }) => {
    const now = performance.now();
    first ??= { at: now, transitions };
    const { at, transitions: before } = first;
    tell(() => {
      const rate = Math.round((1000 * (transitions - before)) / Math.max(now - at, 1));
      const known = transitions === 0 ? 0 : Math.round(100 * (1 - states / transitions));
      return (
        `${states} states, ${rate} transitions/s, depth ${depth}, queue ${queue}, ` +
        `${Math.round(bytes / 2 ** 20)} MB, ${known} % duplicates`
      );
    });
  };
}
