import type { LogReport, Sign } from '../incident.js';
import type { Region } from '../log/region.js';
import { ADDRESS_BITS, LOG_ARCHS, type LogArch } from './names.js';
import { shapeSigns } from './shape-signs.js';
import { STACK_SIGNS } from './stack-signs.js';
import { TEXT_SIGNS } from './text-signs.js';

/** An architecture that a log may be of. */
export interface ArchCandidate {
  readonly arch: LogArch;
  /** Sum of what its signs weigh. */
  readonly weight: number;
  /** Why, the strongest first. */
  readonly grounds: readonly Sign[];
}

/** Less than this is no sign, and a lead of less decides nothing. */
const ENOUGH = 3;
const LEAD = 1;

/** An architecture, or what speaks for several. */
export interface InferredArch {
  /** Undecided without a sign, or when two are as likely. */
  readonly arch: LogArch | 'unknown';
  readonly candidates: readonly ArchCandidate[];
}

const SIGNS = [...TEXT_SIGNS, ...STACK_SIGNS];

/** What words and numbers of a log say of its architecture. */
export function inferArch(region: Region, reports: readonly LogReport[]): InferredArch {
  const grounds = new Map<LogArch, { weight: number; sign: Sign }[]>();
  const add = (archs: readonly LogArch[], weight: number, sign: Sign): void => {
    for (const arch of archs) {
      const list = grounds.get(arch) ?? [];
      if (list.some((other) => other.sign.ground === sign.ground)) continue;
      list.push({ weight, sign });
      grounds.set(arch, list);
    }
  };
  for (const { archs, pattern, ground, weight } of SIGNS) {
    const found = region.find(pattern);
    if (found === undefined) continue;
    const value = archs.join(' or ');
    add(archs, weight, { what: 'arch', value, ground, at: region.place(found.index) });
  }
  let wordBits: 32 | 64 | undefined;
  for (const each of shapeSigns(reports)) {
    if ('bits' in each) wordBits ??= each.bits;
    else add(each.archs, each.weight, each.sign);
  }
  wordBits ??= pointerBits(region);
  const candidates = LOG_ARCHS.flatMap((arch): ArchCandidate[] => {
    const list = (grounds.get(arch) ?? []).sort((a, b) => b.weight - a.weight);
    if (list.length === 0 || (wordBits !== undefined && ADDRESS_BITS[arch] !== wordBits)) return [];
    const weight = list.reduce((sum, each) => sum + each.weight, 0);
    return [{ arch, weight, grounds: list.map(({ sign }) => sign) }];
  }).sort((a, b) => b.weight - a.weight);
  const [first, second] = candidates;
  const decided =
    first !== undefined && first.weight >= ENOUGH && first.weight - (second?.weight ?? 0) >= LEAD;
  if (first === undefined) return { arch: 'unknown', candidates: withoutSign(wordBits, region) };
  return { arch: decided ? first.arch : 'unknown', candidates };
}

/** Pointers, hashed ones too, are printed with as many digits as a word has (lib/vsprintf.c). */
function pointerBits(region: Region): 32 | 64 | undefined {
  const pointer = /\b(?:mm|page|mapping|anon_vma):([0-9a-f]{16}|[0-9a-f]{8})\b/d;
  const digits = region.find(pointer)?.[1]?.length;
  return digits === undefined ? undefined : digits === 8 ? 32 : 64;
}

/** Nothing tells architectures apart: all whose words are as wide as those of the log. */
function withoutSign(wordBits: 32 | 64 | undefined, region: Region): readonly ArchCandidate[] {
  const ground =
    wordBits === undefined
      ? 'nothing in the log tells architectures apart'
      : `words of ${wordBits} bits, and nothing else that tells architectures apart`;
  return LOG_ARCHS.filter((arch) => wordBits === undefined || ADDRESS_BITS[arch] === wordBits).map(
    (arch) => ({
      arch,
      weight: 0,
      grounds: [{ what: 'arch', value: arch, ground, at: region.place(0) }],
    }),
  );
}
