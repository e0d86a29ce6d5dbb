import type { LogPlace } from '../incident.js';
import type { Facts } from './facts.js';
import type { FindingId } from './findings.js';

/** What a rule says for a finding, or, with a weight below zero, against it. */
export interface Say {
  readonly finding: FindingId;
  /** 1 is a hint, 3 a sign, 6 what an expert would conclude from. */
  readonly weight: number;
  readonly sentence: string;
  readonly at?: LogPlace;
  /** The log itself proves it. */
  readonly proof?: true;
}

/** A sign, where it is known from, and what it says about an incident. */
export interface Rule {
  readonly id: string;
  /** The sign, in general. */
  readonly sentence: string;
  /** Kernel file, specification or section of the collection of formats. */
  readonly source: string;
  applies(facts: Facts): readonly Say[];
}

/** Fields of a `Say` that are known only sometimes. */
export const at = (place: LogPlace | undefined): { at?: LogPlace } =>
  place === undefined ? {} : { at: place };
