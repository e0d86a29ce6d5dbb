import { arm64 } from '@pagewright/arch-arm64';
import { nopteSpecial } from '@pagewright/arch-nopte-special';
import { s390x } from '@pagewright/arch-s390x';
import { x86 } from '@pagewright/arch-x86';
import { expect, test } from 'vitest';
import { Triage, type TriageChoice, type TriageResult, triageData } from '../src/index.js';
import { knownReports } from './reports.js';

const BACKENDS = [x86, arm64, s390x, nopteSpecial];

function triage(log: string, choice: TriageChoice = {}): TriageResult {
  const made = Triage.of(BACKENDS, choice);
  if (!made.ok) throw new Error(made.problem.message);
  made.value.write(new TextEncoder().encode(log));
  return made.value.end();
}

const MAP = [
  'BUG: Bad page map in process tmux: client  pte:8000000123456b67 pmd:000000010a4f3067',
  'addr:00007f3e1c000000 vm_flags:00100073 anon_vma:ffff888100000000 mapping:0000000000000000 index:7f3e1c000',
  'file:(null) fault:0x0 mmap:0x0 read_folio:0x0',
  'CPU: 1 PID: 1180 Comm: tmux: client Not tainted 6.1.12-1-amd64 #1',
];
const COUNTER = 'BUG: Bad rss-counter state mm:00000000deadbeef type:MM_ANONPAGES val:-1';

test('the known reports come through the front door', () => {
  for (const { id, kind, pte, pmd, log } of knownReports) {
    const { incidents } = triage(log);
    expect([id, incidents[0]?.kind]).toEqual([id, kind]);
    const words = incidents.flatMap(({ entries }) => entries.map(({ reading }) => reading.raw));
    for (const word of [pte, pmd]) {
      if (word !== null) expect(words).toContain(BigInt(`0x${word}`));
    }
    // What follows ranks nothing; all else ranks at least two, none of them alone.
    for (const { follows, diagnoses } of incidents) {
      if (follows !== undefined) expect(diagnoses).toEqual([]);
      else expect(diagnoses.length).toBeGreaterThan(1);
    }
  }
});

test('architecture, form and kernel are found, and the entry is judged by them', () => {
  const [incident] = triage(MAP.join('\n')).incidents;
  expect(incident).toMatchObject({
    id: 1,
    lines: [1, 4],
    machine: { arch: 'x86_64', kernel: 'v6.1', release: '6.1.12-1-amd64' },
    verdict: { kernel: 'v6.1', answer: 'bad', assumed: [expect.stringContaining('no page')] },
  });
  expect(incident?.machine.form?.name).toBe('x86_64');
  expect(incident?.entries[0]?.reading).toMatchObject({ kind: 'leaf', special: true });
});

test('what is told is believed before what the log shows', () => {
  const [incident] = triage(MAP.join('\n'), { arch: 'arm64', kernel: 'v6.18' }).incidents;
  expect(incident?.machine).toMatchObject({ arch: 'arm64', kernel: 'v6.18' });
  expect(incident?.machine.form?.headers).toBe('6.12');
  expect(incident?.archCandidates.every(({ arch }) => arch === 'arm64')).toBe(true);
  expect(Triage.of(BACKENDS, { arch: 'vax' })).toMatchObject({ problem: { code: 'unknown-arch' } });
  expect(Triage.of(BACKENDS, { kernel: '6' })).toMatchObject({
    problem: { code: 'unknown-revision' },
  });
});

const boot = (release: string) => `Linux version ${release} (gcc) #1 SMP`;

test('boots are told apart: each has its kernel, and nothing follows from before', () => {
  const filler = Array.from({ length: 400 }, (_, i) => `usb ${i}`);
  const log = [boot('6.1.5'), MAP[0], ...filler, boot('6.18.1'), ...filler, MAP[0], COUNTER];
  const { incidents } = triage(log.join('\n'));
  expect(incidents.map(({ id, kind, machine }) => [id, kind, machine.release])).toEqual([
    [1, 'bad_page_map', '6.1.5'],
    [2, 'bad_page_map', '6.18.1'],
    [3, 'bad_rss_counter', '6.18.1'],
  ]);
  expect(incidents.map(({ follows }) => follows)).toEqual([undefined, undefined, 2]);
  expect(incidents[1]?.lines[0]).toBe(804);
});

test('what a boot shows late is known of its earlier incidents', () => {
  const filler = Array.from({ length: 400 }, (_, i) => `usb ${i}`);
  const log = [
    MAP[0],
    ...filler,
    'BUG: Bad page state in process a  pfn:00011',
    'Call Trace:',
    MAP[3],
  ];
  expect(triage(log.join('\n')).incidents[0]?.machine.release).toBe('6.1.12-1-amd64');
});

test('a page in a bad state follows from the entry that maps it; lines end before the next report', () => {
  const state = 'BUG: Bad page state in process tmux: client  pfn:123456';
  const { incidents } = triage([...MAP, state].join('\n'));
  expect(incidents.map(({ lines, follows }) => [lines, follows])).toEqual([
    [[1, 4], undefined],
    [[5, 5], 1],
  ]);
  expect(incidents[1]?.diagnoses).toEqual([]);
});

test('machines that write into one log are told apart', () => {
  const stamp = (host: string, line: string) => `Nov 21 16:40:28 ${host} kernel: ${line}`;
  const log = [
    stamp('one', boot('6.1.5')),
    stamp('two', boot('5.18.2')),
    stamp('one', MAP[0] as string),
    stamp('two', COUNTER),
    stamp('one', MAP[1] as string),
    stamp('one', COUNTER),
  ];
  const { incidents } = triage(log.join('\n'));
  expect(incidents.map(({ kind, machine }) => [kind, machine.release])).toEqual([
    ['bad_page_map', '6.1.5'],
    ['bad_rss_counter', '5.18.2'],
    ['bad_rss_counter', '6.1.5'],
  ]);
  expect(incidents.map(({ follows }) => follows)).toEqual([undefined, undefined, 1]);
  expect(incidents[0]?.report.vma?.flags?.value).toBe(0x100073n);
});

/** How tools and people hand a log on; `%` stands for the kernel's line. */
const WAYS = [
  '%',
  '[   25.542693] %',
  '[   25.542693][ T1180] %',
  '<1>[   25.542693][    T1] %',
  '[Sat Nov 21 16:40:28 2026] %',
  '[sáb. nov 21 16:40:28 2026] %',
  '[Nov21 16:40] %',
  '[  +0.000123] %',
  '[   25.542693 <    0.000012>] %',
  'kern  :alert : [   25.542693] %',
  '2026-11-21T16:40:28,123456+00:00 %',
  'Nov 21 16:40:28 HOST kernel: [   25.542693] %',
  'Nov 21 16:40:28 HOST kernel: %',
  'lis 21 16:40:28 HOST kernel: %',
  '2026-11-21T16:40:28+0000 HOST kernel: %',
  '2026-11-21T16:40:28.123456+01:00 HOST kernel: %',
  '[   25.542693] HOST kernel: %',
  'Sat 2026-11-21 16:40:28 CET HOST kernel: %',
  'Sat 2026-11-21 16:40:28.123456 UTC HOST init.scope[1]: %',
  '1732201228.123456 HOST kernel: %',
  '<1>1 2026-11-21T16:40:28.123Z HOST kernel - - - [   25.542693] %',
  '11-21 16:40:28.123     0     0 E KERNEL  : [   25.542693] %',
  '1,1234,25542693,-;%',
  '> > [   25.542693] %',
  '| %',
  '>| > %',
  '% [   25.542693]',
  '\x1b[32m[   25.542693] \x1b[0m\x1b[31m%\x1b[0m',
  '%\r',
  '%\n',
];

test.each(WAYS)('the same is read from %j', (way) => {
  const log = [...MAP, COUNTER].map((line) => way.replace('%', () => line)).join('\n');
  const read = triage(log).incidents.map((incident) => ({
    kind: incident.kind,
    process: incident.report.process?.value,
    entries: incident.entries.map(({ reading }) => reading),
    vma: { ...incident.report.vma, at: 0 }.addrDigits,
    flags: incident.report.vma?.flags?.value,
    file: incident.report.vma?.file,
    release: incident.machine.release,
    follows: incident.follows,
  }));
  const [map, counter, ...more] = read;
  expect(more).toEqual([]);
  expect(map).toMatchObject({
    kind: 'bad_page_map',
    process: 'tmux: client',
    flags: 0x100073n,
    release: '6.1.12-1-amd64',
  });
  expect(map?.entries.map(({ raw }) => raw)).toEqual([0x8000000123456b67n, 0x10a4f3067n]);
  expect(counter).toMatchObject({ kind: 'bad_rss_counter', follows: 1 });
});

test('columns are those of the log, over colours too', () => {
  const [incident] = triage(`\x1b[31mBUG: \x1b[0m${MAP[0]?.slice(5)}`).incidents;
  expect(incident?.report.process?.at).toEqual({
    line: 1,
    column: 10 + 'BUG: Bad page map in process '.length,
  });
});

test('every line twice, and two CPUs at once, are read as one report', () => {
  const twice = triage([...MAP, COUNTER].flatMap((line) => [line, line]).join('\n'));
  expect(twice.incidents.map(({ kind, more }) => [kind, more.length])).toEqual([
    ['bad_page_map', 0],
    ['bad_rss_counter', 0],
  ]);
  const [first, second, ...rest] = MAP;
  const mixed = [first, 'CPU1: usb 1-1: new device', second, 'audit: type=1400', ...rest];
  expect(triage(mixed.join('\n')).incidents[0]?.report.vma?.flags?.value).toBe(0x100073n);
});

test('hashed pointers hide what they were, and nothing else', () => {
  const hashed = MAP.map((line) => line.replace('ffff888100000000', '(____ptrval____)'));
  const [incident] = triage(hashed.join('\n')).incidents;
  expect(incident?.report.vma?.anonVma?.value).toBeNull();
  expect(incident?.report.vma?.mapping?.value).toBe(0n);
});

test('of very many incidents the first are told and the others counted', () => {
  const lines = Array.from(
    { length: 3000 },
    (_, i) => `BUG: Bad page state in process p${i}  pfn:${(4096 + i).toString(16)}`,
  );
  const { incidents, dropped } = triage(lines.join('\n'));
  const kept = incidents.reduce((sum, { more, dropped: left }) => sum + 1 + more.length + left, 0);
  expect(kept + dropped).toBe(3000);
  expect(incidents.length).toBeLessThanOrEqual(2000);
});

test('an ordinary log is nothing', () => {
  const log = Array.from({ length: 1000 }, (_, i) => `WARNING: usb ${i} is slow`).join('\n');
  expect(triageData(triage(log))).toEqual({
    schema: 'pagewright/triage/1',
    lines: 1000,
    dropped: 0,
    incidents: [],
  });
});
