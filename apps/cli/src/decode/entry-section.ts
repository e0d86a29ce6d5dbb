import { type Block, type Section, span, type Text } from '@pagewright/report';
import type { AbsentData, EntryData, ReadEntry } from './entry-data.js';

/** An entry for people: what it is, its bits, and what the kernel's helpers say about it. */
export function entrySection({ data, fields }: ReadEntry, wordBits: 32 | 64): Section {
  const blocks: Block[] = [
    { kind: 'key-values', pairs: facts(data) },
    { kind: 'bit-strip', wordBits, word: BigInt(data.raw), fields },
    { kind: 'key-values', pairs: helperPairs(data) },
  ];
  const title = `${data.form} ${data.level} ${data.raw} (headers ${data.headers})`;
  return { kind: 'section', title, blocks };
}

function facts(data: EntryData): [string, Text][] {
  const { pfn, physical, permissions, absent, reason } = data;
  const pairs: [string, Text][] = [['kind', kindText(data)]];
  if (reason !== undefined) pairs.push(['why', reason]);
  if (data.kind === 'table') pairs.push(['next table', physical ?? '']);
  else if (pfn !== null && physical !== null) pairs.push(['pfn', pfn], ['physical', physical]);
  if (permissions !== undefined) {
    const { read, write, execute, user } = permissions;
    const words = [read ? 'r' : '-', write ? 'w' : '-', execute ? 'x' : '-'].join('');
    pairs.push(['permissions', `${words}, ${user ? 'user' : 'kernel only'}`]);
  }
  if (absent !== undefined) pairs.push(...absentPairs(absent));
  return pairs;
}

const KINDS: Readonly<Record<EntryData['kind'], string>> = {
  none: 'empty',
  table: 'points to the next table',
  leaf: 'maps memory',
  absent: 'not present, kept for later',
  invalid: 'means nothing at this level',
};

const kindText = ({ kind }: EntryData): Text => [
  span(kind, kind === 'invalid' ? 'problem' : 'strong'),
  `: ${KINDS[kind]}`,
];

function absentPairs({ what, type, offset, ...rest }: AbsentData): [string, Text][] {
  const pairs: [string, Text][] = [
    ['what', what],
    ['swap type', `${type}`],
    ['offset', offset],
  ];
  if (rest.pfn !== undefined) pairs.push(['pfn', rest.pfn]);
  if (rest.young !== undefined) pairs.push(['young', yesNo(rest.young)]);
  if (rest.dirty !== undefined) pairs.push(['dirty', yesNo(rest.dirty)]);
  if (rest.markers !== undefined) pairs.push(['markers', rest.markers.join(' ') || 'none']);
  return pairs;
}

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

/** Tests by their answer; what transforms would make of the entry is in the data alone. */
function helperPairs({ level, helpers }: EntryData): [string, Text][] {
  const names = (answer: boolean): string =>
    Object.entries(helpers)
      .flatMap(([name, value]) => (value === answer ? [name] : []))
      .join(' ');
  return [
    [`${level}_* true`, names(true)],
    [`${level}_* false`, span(names(false), 'dim')],
  ];
}
