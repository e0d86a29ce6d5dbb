import type { TiedReports } from '../tie/incidents.js';
import type { Confidence, Diagnosis, Evidence, LogMachine } from './diagnosis.js';
import { factsOf } from './facts.js';
import { FINDINGS, type FindingId } from './findings.js';
import { fixesLike } from './known-fixes.js';
import type { Say } from './rule.js';
import { RULES } from './rules.js';

/** Weight from which a diagnosis is likely, and by how much it must lead. */
const LIKELY = 5;
const LEAD = 2;
/** Weight of a first diagnosis under which `unknown` comes next, and under which it comes first. */
const WEAK = 3;
const NONE = 2;
/** Diagnoses that are told at most, `unknown` aside. */
const MOST = 3;
/** Says how often, not why: it makes nothing likely. */
const USUAL = 'usual-cause';

interface Weighed {
  readonly finding: FindingId;
  weight: number;
  /** The same without what is usual. */
  signs: number;
  proof: boolean;
  readonly because: Evidence[];
}

/**
 * What may have happened, likeliest first: one reading for each class of causes, and `unknown` where
 * one alone or nothing is left. An incident that follows from an earlier one has no cause of its own.
 */
export function diagnose(incident: TiedReports, machine: LogMachine): readonly Diagnosis[] {
  if (incident.follows !== undefined) return [];
  const facts = factsOf(incident, machine);
  const weighed = new Map<FindingId, Weighed>();
  for (const rule of RULES) {
    for (const say of rule.applies(facts)) weigh(weighed, rule.id, say);
  }
  const ranked = bestOfEachCause([...weighed.values()]);
  const told = ranked.filter(({ weight }) => weight > 0).slice(0, MOST);
  const diagnoses = told.map((each, i) => diagnosisOf(each, confidenceOf(told, i)));
  const unknown = diagnosisOf({ finding: 'unknown', because: [] }, 'possible');
  diagnoses.splice(placeOfUnknown(told), 0, unknown);
  return diagnoses;
}

function weigh(weighed: Map<FindingId, Weighed>, rule: string, say: Say): void {
  const { finding, weight, sentence, at } = say;
  const known = weighed.get(finding) ?? { finding, weight: 0, signs: 0, proof: false, because: [] };
  weighed.set(finding, known);
  known.weight += weight;
  if (rule !== USUAL) known.signs += weight;
  known.proof ||= say.proof === true;
  known.because.push({
    rule,
    speaks: weight < 0 ? 'against' : 'for',
    sentence,
    ...(at === undefined ? {} : { at }),
  });
}

/** Of several readings of one class the heaviest, in order of weight. */
function bestOfEachCause(all: readonly Weighed[]): readonly Weighed[] {
  const sorted = [...all].sort((a, b) => b.weight - a.weight);
  const seen = new Set<string>();
  return sorted.filter(({ finding }) => {
    const { cause } = FINDINGS[finding];
    if (seen.has(cause)) return false;
    seen.add(cause);
    return true;
  });
}

/** First where nothing but the usual speaks, second behind something weak, else last. */
function placeOfUnknown(told: readonly Weighed[]): number {
  const weight = told[0]?.weight ?? 0;
  if (weight < NONE) return 0;
  return weight < WEAK ? 1 : told.length;
}

function confidenceOf(told: readonly Weighed[], i: number): Confidence {
  const each = told[i];
  if (each === undefined || i > 0) return 'possible';
  const doubted = each.because.some(({ speaks }) => speaks === 'against');
  if (each.proof && !doubted) return 'certain';
  const lead = each.weight - (told[1]?.weight ?? 0);
  return each.signs >= LIKELY && lead >= LEAD ? 'likely' : 'possible';
}

function diagnosisOf(
  { finding, because }: Pick<Weighed, 'finding' | 'because'>,
  confidence: Confidence,
): Diagnosis {
  const { cause, sentence, next } = FINDINGS[finding];
  const fixes = fixesLike(finding);
  return {
    cause,
    finding,
    sentence,
    confidence,
    because,
    next,
    ...(fixes.length === 0 ? {} : { fixes }),
  };
}
