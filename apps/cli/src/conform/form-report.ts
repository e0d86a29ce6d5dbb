import {
  type ComparedDecisions,
  type LawFailure,
  type Mismatch,
  runLaws,
  runVectors,
  Tally,
} from '@pagewright/conformance';
import { hex, ok, type Result } from '@pagewright/core';
import type { Json } from '@pagewright/report';
import type { Target } from './targets.js';

/** Counts of a comparison, as `--json` prints them. */
export type TallyData = {
  readonly compared: number;
  /** Answers that were not compared, by key. */
  readonly notCompared: Readonly<Record<string, number>>;
  /** Why, by the same keys. */
  readonly reasons: Readonly<Record<string, string>>;
  /** All of them; `mismatches` lists the first ones. */
  readonly mismatchCount: number;
  readonly mismatches: readonly MismatchData[];
};

/** Counts of recorded decisions, all and by file. */
export type DecisionsData = TallyData & {
  readonly files: readonly {
    readonly file: string;
    readonly group: string;
    readonly revision: string;
    readonly compared: number;
    readonly mismatchCount: number;
    readonly notCompared: number;
  }[];
};

/** One answer that differs. */
export type MismatchData = {
  readonly file: string;
  readonly line: number;
  readonly key: string;
  readonly in: string;
  readonly expected: Json;
  readonly got: Json;
};

/** A broken law, shrunk to the bits that matter. */
export type LawFailureData = {
  readonly law: string;
  readonly level: string;
  readonly sentence: string;
  readonly source: string;
  readonly input: readonly string[];
  readonly word: string | null;
  /** Names of the word's bits. */
  readonly bits: string | null;
  readonly expected: string;
  readonly got: string;
};

/** What testing one form found. */
export type FormData = {
  readonly form: string;
  readonly headers: string;
  /** The folder of vectors; null when there is none for this form. */
  readonly folder: string | null;
  readonly laws: {
    readonly held: number;
    /** Laws about something that the form does not have. */
    readonly notConcerned: number;
    readonly checked: number;
    readonly failed: readonly LawFailureData[];
  };
  readonly vectors: TallyData;
  /** Answers of facts.json: geometry, protections, constants. */
  readonly facts: TallyData;
};

/** Runs all laws over a form, and its vectors if there are any; codes of `runVectors`. */
export function testForm({ form, folder }: Target): Result<FormData> {
  const compared = folder === undefined ? undefined : runVectors(form, folder);
  if (compared?.ok === false) return compared;
  const laws = runLaws(form);
  return ok({
    form: form.name,
    headers: form.headers,
    folder: folder?.name ?? null,
    laws: {
      held: laws.held,
      notConcerned: laws.notConcerned.length,
      checked: laws.checked,
      failed: laws.failed.map(failureData),
    },
    vectors: tallyData(compared?.value.vectors ?? new Tally()),
    facts: tallyData(compared?.value.facts ?? new Tally()),
  });
}

/** A tally as data. */
function tallyData(tally: Tally): TallyData {
  const left = [...tally.notCompared];
  return {
    compared: tally.compared,
    notCompared: Object.fromEntries(left.map(([key, { count }]) => [key, count])),
    reasons: Object.fromEntries(left.map(([key, { reason }]) => [key, reason])),
    mismatchCount: tally.mismatchCount,
    mismatches: tally.mismatches.map(mismatchData),
  };
}

/** Compared decisions as data. */
export const decisionsData = ({ tally, files }: ComparedDecisions): DecisionsData => ({
  ...tallyData(tally),
  files: files.map((each) => ({ ...each })),
});

const mismatchData = ({ expected, got, ...at }: Mismatch): MismatchData => ({
  ...at,
  expected: jsonOf(expected),
  got: jsonOf(got),
});

/** What was expected comes out of a JSON file, what we answer may be a word. */
const jsonOf = (value: unknown): Json =>
  typeof value === 'bigint' ? hex(value) : value === undefined ? null : (value as Json);

const failureData = (failure: LawFailure): LawFailureData => ({
  law: failure.law,
  level: failure.level,
  sentence: failure.sentence,
  source: failure.source,
  input: failure.input.map(hex),
  word: failure.word === undefined ? null : hex(failure.word),
  bits: failure.bits ?? null,
  expected: failure.expected,
  got: failure.got,
});
