import { span, type Text } from '@pagewright/report';
import type { RangeData } from './range-data.js';
import type { WalkedEntryData } from './step-data.js';

type Entry = Omit<WalkedEntryData, 'level'>;

/** What an entry says, with the names of its flags: `maps pfn 0x12 ...`. */
export function entryText(entry: Entry): Text {
  const flags = entry.flags.length === 0 ? '' : `  ${entry.flags.join(' ')}`;
  return [span(saying(entry), toneOf(entry.kind)), span(flags, 'dim')];
}

function saying({ kind, pfn, next, absent, reason }: Entry): string {
  switch (kind) {
    case 'none':
      return 'empty';
    case 'table':
      return `table at ${next}`;
    case 'leaf':
      return `maps pfn ${pfn}`;
    case 'invalid':
      return `invalid: ${reason}`;
    case 'absent':
      return absentText(absent);
  }
}

function absentText(absent: WalkedEntryData['absent']): string {
  if (absent === null) return 'absent';
  const { what, type, offset, pfn, markers } = absent;
  if (markers !== undefined) return `absent: ${what} ${markers.join(' ')}`.trimEnd();
  if (pfn !== undefined) return `absent: ${what} of pfn ${pfn}`;
  return `absent: ${what} type ${type} offset ${offset}`;
}

const toneOf = (kind: Entry['kind']) =>
  kind === 'invalid' ? 'problem' : kind === 'leaf' ? 'strong' : kind === 'none' ? 'dim' : 'plain';

/** What a range says: level and number of entries before the first one's meaning. */
export function rangeText(range: RangeData): Text {
  const { kind, level, entries, problem } = range;
  if (kind === 'none') return span('nothing mapped', 'dim');
  if (problem !== null) return [`${level} `, span(problem.message, 'problem')];
  const said = entryText(range);
  const count = entries === 1 ? `${level} ` : `${entries} ${level} `;
  return [count, ...(Array.isArray(said) ? said : [said])];
}
