import { hex } from '@pagewright/core';
import {
  boundLoss,
  countClasses,
  countReports,
  type FlippedBit,
  type FlippedEntry,
  type FlipsMatrix,
  type PmdFlips,
  SWAP_SLOTS,
} from '@pagewright/mm/matrices';
import type {
  FlipBitData,
  FlippedEntryData,
  FlippedPmdData,
  FlipsOutput,
} from '../outputs/matrix.js';

/** Both tables of flips as data. */
export function flipsData(
  form: string,
  memory: string,
  highest: number,
  matrix: FlipsMatrix,
  pmds: PmdFlips,
): FlipsOutput['flips'] {
  return {
    form,
    memory,
    highest: hex(highest),
    swapSlots: SWAP_SLOTS,
    kernels: matrix.groups.map(({ kernels, answer }) => ({
      kernels,
      entries: answer.map(entryData),
    })),
    lost: boundLoss(matrix) ?? [],
    pmd: pmds.map(({ kernels, answer }) => ({ kernels, entries: answer.map(pmdData) })),
  };
}

const pmdData = (entry: FlippedEntry<FlippedBit>): FlippedPmdData => ({
  ...headData(entry),
  flips: entry.flips.map(bitData),
});

const entryData = (entry: FlippedEntry): FlippedEntryData => ({
  ...headData(entry),
  reports: {
    unmapped: countReports(entry, 'unmapped'),
    mapped: countReports(entry, 'mapped'),
  },
  flips: entry.flips.map((flip) => ({
    ...bitData(flip),
    exit: { ...flip.exit },
    tableCheck: { ...flip.tableCheck },
  })),
});

/** What PTEs and PMDs have in common. */
const headData = (entry: FlippedEntry<FlippedBit>): Omit<FlippedPmdData, 'flips'> => ({
  kind: entry.kind,
  word: hex(entry.word),
  counts: {
    debug: countClasses(entry, 'debug'),
    production: countClasses(entry, 'production'),
  },
});

const bitData = (flip: FlippedBit): FlipBitData => {
  const { bit, field, became, debug, production, word, pfn, place } = flip;
  return {
    ...{ bit, field, became, debug, production, word: hex(word) },
    ...(pfn === undefined || place === undefined
      ? {}
      : {
          pfn: hex(pfn),
          place,
          pfnValid: place === 'memory' || place === 'device',
          online: place === 'memory',
        }),
  };
};
