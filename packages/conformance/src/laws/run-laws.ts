import { type EntryForm, LEVELS, type Level } from '@pagewright/core';
import { allLaws } from './all-laws.js';
import { type Check, type Input, idAt, type Law, OUTSIDE } from './law.js';
import { nameBits } from './name-bits.js';
import { shrink, tryCheck } from './shrink.js';
import { inputsOf, type LevelSweep, type Part, sweepLevel } from './sweep.js';

/** A broken law: the first failure, shrunk to the fewest bits. */
export interface LawFailure {
  /** Id with the level in place: `pte_young(pte_mkyoung(e))`. */
  readonly law: string;
  /** Id as the law's own list has it. */
  readonly id: string;
  readonly level: Level;
  readonly sentence: string;
  readonly source: string;
  /** Numbers that the check was given (see `Over`). */
  readonly input: Input;
  /** The word at fault and its bits by name; undefined where no word is concerned. */
  readonly word?: bigint;
  readonly bits?: string;
  readonly expected: string;
  readonly got: string;
}

/** What running the laws over a form found. */
export interface LawsReport {
  readonly form: string;
  readonly headers: string;
  readonly part: Part;
  /** Laws that held everywhere, of those that say something about the form. */
  readonly held: number;
  /** Laws that the form has nothing for: it lacks the helper, the level or the feature. */
  readonly notConcerned: readonly string[];
  /** At most one failure a law and level. */
  readonly failed: readonly LawFailure[];
  /** Checks that were made. */
  readonly checked: number;
}

/** What to run. */
export interface LawsOptions {
  /** `demo` is a fixed part of the inputs that takes a moment; `all` when left out. */
  readonly part?: Part;
  /** Other laws than all. */
  readonly laws?: readonly Law[];
}

/** Runs laws over every level of a form. Deterministic: the same form gives the same report. */
export function runLaws(form: EntryForm, options: LawsOptions = {}): LawsReport {
  const { part = 'all', laws = allLaws } = options;
  const levels = LEVELS.filter((level) => form.geometry(level) !== undefined);
  const sweeps = new Map(levels.map((level) => [level, sweepLevel(form, level, part)] as const));
  const failed: LawFailure[] = [];
  const notConcerned: string[] = [];
  let checked = 0;
  let held = 0;
  for (const law of laws) {
    const outcomes = levels.flatMap((level) => {
      const sweep = sweeps.get(level);
      if (sweep === undefined || (law.over === 'form' && level !== 'pte')) return [];
      const outcome = runLaw(law, form, level, sweep);
      return outcome === undefined ? [] : [outcome];
    });
    const count = outcomes.reduce((sum, outcome) => sum + outcome.checked, 0);
    const failures = outcomes.flatMap((outcome) => outcome.failure ?? []);
    checked += count;
    failed.push(...failures);
    if (count === 0) notConcerned.push(law.id);
    else if (failures.length === 0) held++;
  }
  const { name, headers } = form;
  return { form: name, headers, part, held, notConcerned, failed, checked };
}

/** One law at one level: undefined when it says nothing there. */
function runLaw(
  law: Law,
  form: EntryForm,
  level: Level,
  sweep: LevelSweep,
): { checked: number; failure?: LawFailure } | undefined {
  const check = checkOf(law, form, level, sweep);
  if (check === undefined) return undefined;
  let checked = 0;
  for (const input of inputsOf(sweep, law.over)) {
    const answer = tryCheck(check, input);
    if (answer === OUTSIDE) continue;
    checked++;
    if (answer !== undefined)
      return { checked, failure: failureOf(law, check, form, level, input) };
  }
  return { checked };
}

/** A backend whose parts do not fit may already fail when a check is made. */
function checkOf(law: Law, form: EntryForm, level: Level, sweep: LevelSweep): Check | undefined {
  try {
    return law.at(form, level, sweep);
  } catch (error) {
    return () => ({ expected: 'a check', got: `${error}` });
  }
}

function failureOf(
  law: Law,
  check: Check,
  form: EntryForm,
  level: Level,
  input: Input,
): LawFailure {
  const smallest = shrink(law, check, form, level, input);
  const { broken } = smallest;
  const ofEntry = ['words', 'leaves', 'leaves x protections', 'swap words'].includes(law.over);
  const word = broken.word ?? (ofEntry ? smallest.input[0] : undefined);
  return {
    law: idAt(law, level),
    id: law.id,
    level,
    sentence: law.sentence,
    source: law.source,
    input: smallest.input,
    ...(word === undefined ? {} : { word, bits: nameBits(form, level, word) }),
    expected: broken.expected,
    got: broken.got,
  };
}
