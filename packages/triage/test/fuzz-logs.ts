import { arm64 } from '@pagewright/arch-arm64';
import { nopteSpecial } from '@pagewright/arch-nopte-special';
import { s390x } from '@pagewright/arch-s390x';
import { x86 } from '@pagewright/arch-x86';
import { Triage, type TriageResult } from '../src/index.js';
import { knownReports } from './reports.js';

const BACKENDS = [x86, arm64, s390x, nopteSpecial];

/** Numbers that a seed fixes (mulberry32). */
function randomOf(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** What terminals obey, and bytes that are no text. */
const SPOILERS = [
  '\x1b[2J',
  '\x1b]0;title\x07',
  '\x1b[31m',
  '\u009b31m',
  '\u202e',
  '\u2028',
  '\0\0\0',
  '\r',
  '\x07',
  '\ud800',
  '%s%n',
  '(null)',
  'ffffffffffffffffffffffff',
  '-99999999999999999999',
  ' '.repeat(3000),
  '0'.repeat(20_000),
];

/** A log made of known reports, damaged: cut, shuffled, spliced, with random bytes and escapes. */
function damagedLog(seed: number): Uint8Array {
  const random = randomOf(seed);
  const some = () => knownReports[random(knownReports.length)]?.log ?? '';
  let lines = Array.from({ length: 1 + random(4) }, some)
    .join('\n')
    .split('\n');
  for (let turn = random(4); turn >= 0; turn--) {
    const at = random(lines.length);
    const line = lines[at] ?? '';
    const inside = random(line.length + 1);
    switch (random(7)) {
      case 0:
        lines = lines.slice(0, at + 1);
        break;
      case 1:
        lines.sort(() => random(3) - 1);
        break;
      case 2:
        lines[at] = line.slice(inside) + (lines[random(lines.length)] ?? '');
        break;
      case 3:
        lines[at] = line.slice(0, inside) + SPOILERS[random(SPOILERS.length)] + line.slice(inside);
        break;
      case 4:
        lines = lines.flatMap((each) => (random(3) === 0 ? [each, each] : [each]));
        break;
      case 5:
        lines = [lines.join(random(2) === 0 ? '' : ' ')];
        break;
      default:
        if (lines.length < 500) lines = Array.from({ length: 30 }, () => lines).flat();
    }
  }
  const bytes = new TextEncoder().encode(lines.join('\n'));
  for (let turn = random(4) * random(20); turn > 0; turn--)
    bytes[random(bytes.length)] = random(256);
  return bytes.subarray(0, random(5) === 0 ? random(bytes.length) : bytes.length);
}

/** Reads a damaged log in pieces of random sizes. */
export function triageDamaged(seed: number): TriageResult {
  const random = randomOf(~seed);
  const bytes = damagedLog(seed);
  const triage = Triage.of(BACKENDS);
  if (!triage.ok) throw new Error(triage.problem.message);
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random(random(2) === 0 ? 100 : 100_000);
    triage.value.write(bytes.subarray(at, at + size));
    at += size;
  }
  return triage.value.end();
}

/** As `bench/fuzz.mjs` counts cases. */
export function fuzzLog(seed: number): { code: string; entries: number } {
  const { incidents } = triageDamaged(seed);
  const entries = incidents.reduce((sum, each) => sum + each.entries.length, 0);
  return { code: incidents[0]?.kind ?? 'nothing', entries };
}
