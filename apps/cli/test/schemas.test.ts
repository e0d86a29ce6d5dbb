import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test as property } from '@fast-check/vitest';
import { LEVELS } from '@pagewright/core';
import { Triage, triageData } from '@pagewright/triage';
import { afterAll, describe, expect, it, test } from 'vitest';
import { allBackends } from '../src/backends.js';
import { decode } from '../src/verbs/decode.js';
import { normal } from '../src/verbs/normal.js';
import { VERBS } from '../src/verbs.js';
import { outputsIn, SCHEMAS, schemaNameOf, undescribed } from './described.js';
import { ROOT, runCli } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'pagewright-schemas-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A scenario that expects what does not happen. */
const WRONG = join(folder, 'wrong.yaml');
writeFileSync(
  WRONG,
  readFileSync(join(ROOT, 'fixtures/scenarios/fork-then-reuse.yaml'), 'utf8').replace(
    'refcount: 2, mapcount: 2',
    'refcount: 3, mapcount: 2',
  ),
);

const X86 = 'fixtures/dumps/x86_64-6.12/dump.kdump';
const ARM64 = 'fixtures/dumps/arm64-6.12/dump.kdump';
const S390X = 'fixtures/dumps/s390x-6.12/dump.kdump';
const TABLES =
  'fixtures/processes/x86_64-6.12/tables.elf --form x86_64 --headers 6.12 --root 0x56ee000';
const DRIVER = 'fixtures/scenarios/zeropage-driver-insert.yaml';
const ONE_FORM = '--form x86_64';
const PIN = 'fixtures/bounds/pin-and-write.yaml';

/** Commands of every verb, separated by spaces, so that all that it can say is said. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  decode: [
    'x86_64 0x8000000012345867 0x0 0x1234067 0x840000000b800a25 --kernel all',
    'arm64 --level pmd 0x00600000800000f41',
    's390x 0x13f 0x400 0x701',
    'um pgd:0x1234063 0x3',
  ],
  normal: [
    'x86_64 0x8000000123456b67 --vma VM_READ,VM_WRITE,VM_MAYREAD,VM_MAYWRITE',
    'x86_64 0x80000000400000a5 --level pmd --vma VM_READ,VM_MAYREAD --frame hz_head --kernel all',
    'x86_64 0x8000000123456b67 --vma VM_PFNMAP --hook page --config FIND_NORMAL_PAGE=y --kernel all',
    'um 0x5003065 --vma VM_PFNMAP,VM_MAYWRITE --start 0x10000000 --at 0x10003000 --pgoff 0x5000',
  ],
  walk: [
    `${TABLES} --at 0x1100a00123`,
    `${TABLES} --at 0x1000`,
    `${TABLES} --at 0x1641856000`,
    `${TABLES} --at 0x17c0a30000`,
    `${TABLES} --span 0x13c0448000-0x1440862000`,
    `${TABLES} --span 0x1641852000-0x1641892000`,
    'fixtures/processes/s390x-6.12/tables.elf --form s390x-3 --headers 6.12 --root 0x2c94000 --at 0x1140042000',
  ],
  inspect: [
    X86,
    `${ARM64} --pid 1 --entries`,
    `${X86} --pid 1 --ndjson`,
    `${S390X} --pid 1 --entries --ndjson`,
    `${ARM64} --kernel-space`,
    `${X86} --kernel-space --entries`,
    `${ARM64} --kernel-space --ndjson`,
    `${ARM64} --kernel-space --entries --ndjson`,
  ],
  smaps: [`${X86} --pid 1`, `${X86} --pid 243 --rollup`, `${S390X} --pid 1`],
  check: [X86, `${S390X} --pid 1`],
  triage: ['fixtures/logs/dax-arm64.log', 'fixtures/logs/two-machines.log'],
  distill: [`${S390X} --pid 1 -o ${join(folder, 'small.kdump')}`],
  symbols: [`${X86} init_task 0xffffffff82c10950 no_such_symbol`, `${ARM64} swapper_pg_dir`],
  type: [
    `${X86} mm_struct.pgtables_bytes`,
    `${X86} struct page`,
    `${ARM64} enum pageflags`,
    `${S390X} pte_t`,
  ],
  scenario: [
    `run ${DRIVER} ${ONE_FORM} --trace`,
    `run ${WRONG} ${ONE_FORM}`,
    `run fixtures/scenarios/race-no-flush.yaml ${ONE_FORM}`,
    'new',
    `new ${join(folder, 'new.yaml')}`,
  ],
  diff: [
    `${DRIVER} --kernel v6.9..v6.12`,
    'fixtures/scenarios/zeropage-then-write.yaml --kernel v6.17..v7.2',
  ],
  bisect: [
    `${DRIVER} --kernel v6.9..v6.12`,
    `${DRIVER} --kernel v6.12..v6.17`,
    'fixtures/scenarios/dax-v6-04-lost-wakeup.yaml --kernel dax-v6/0..dax-v6/26',
  ],
  series: ['zeropage-v2', 'rmap-log --patch 10'],
  explore: [
    'fixtures/bounds/ksm-pinned.yaml',
    'fixtures/bounds/ksm-pinned.yaml --kernel rmap-log/7 --depth 2',
    'fixtures/bounds/race-clear-and-flush.yaml',
    `${PIN} --replay 3-4-1`,
    `${PIN} --bisect rmap-log/6..rmap-log/7`,
    `${PIN} --mode random --walks 300`,
    'fixtures/bounds/fork-cow.yaml --mode swarm --walks 5',
    'fixtures/bounds/zeropage-leak.yaml --check',
    `fixtures/scenarios/race-no-flush.yaml ${ONE_FORM}`,
  ],
  conform: ['--arch m68k --golden fixtures/golden', '--arch um --golden fixtures/golden-7.2'],
  demo: [''],
  matrix: [
    '',
    '--rules',
    '--flips um --kernel v6.18',
    '--flips x86_64 --kernel rfc-2025-06/0',
    '--insert s390x --kernel v7.2',
    '--insert x86_64 --kernel v6.1',
  ],
};

const argumentsOf = (command: string): string[] => command.split(' ').filter((word) => word !== '');

test('every verb has commands here', () => {
  expect(Object.keys(COMMANDS).sort()).toEqual(VERBS.map(({ name }) => name).sort());
});

/** One output of each schema. */
const seen = new Map<string, Readonly<Record<string, unknown>>>();

describe.each(Object.entries(COMMANDS))('the JSON of %s', (verb, commands) => {
  it.each(commands)('%s', { timeout: 120_000 }, (command) => {
    const args = [verb, ...argumentsOf(command)];
    const byLine = args.includes('--ndjson');
    const { stdout, stderr, exitCode } = runCli(byLine ? args : [...args, '--json']);
    expect([exitCode === 0 || exitCode === 1, stderr]).toEqual([true, '']);
    const outputs = outputsIn(stdout, byLine);
    expect(outputs.length).toBeGreaterThan(0);
    expect(outputs.flatMap(undescribed)).toEqual([]);
    const [output] = outputs as [Readonly<Record<string, unknown>>];
    seen.set(schemaNameOf(output), output);
  });
});

describe('the schemas', () => {
  it('are all of outputs that some command prints', () => {
    expect([...seen.keys()].sort()).toEqual([...SCHEMAS.keys()].sort());
  });

  it('notice a member that they do not have, and one that is missing', () => {
    for (const [name, output] of seen) {
      expect([name, undescribed({ ...output, unheardOf: 1 }).length > 0]).toEqual([name, true]);
      for (const member of Object.keys(output)) {
        const { [member]: _, ...rest } = output;
        const optional = name === 'pagewright/explore/1' || name === 'pagewright/conform/1';
        if (member === 'schema' || optional) continue;
        expect([name, member, undescribed(rest).length > 0]).toEqual([name, member, true]);
      }
    }
  });

  it('are closed: an object has the members that they name, or all of one kind', () => {
    for (const [name, schema] of SCHEMAS) {
      const open: unknown[] = [];
      JSON.stringify(schema, (_, value) => {
        if (value?.type === 'object' && value.additionalProperties === undefined) open.push(value);
        return value;
      });
      expect([name, open]).toEqual([name, []]);
    }
  });

  it('stand in the table of docs/cli.md, each in a row of its own', () => {
    const page = readFileSync(join(ROOT, 'docs/cli.md'), 'utf8');
    const rows = [...page.matchAll(/^\| [^|]+ \| `(pagewright\/[^`]+)`/gm)].map(([, name]) => name);
    expect(rows.sort()).toEqual([...SCHEMAS.keys()].sort());
  });

  it('refuse words that are spelled otherwise', () => {
    const words = ['0x1f', '0x0', '0X1F', '0x01', '1f', '0x1F', '0x'];
    const refused = words.filter((raw) => {
      const output = { schema: 'pagewright/normal/1', form: 'um', level: 'pte', entry: raw };
      return undescribed({ ...output, assumed: [], verdicts: [], skipped: [] }).length > 0;
    });
    expect(refused).toEqual(['0X1F', '0x01', '1f', '0x1F', '0x']);
  });
});

test('what all known reports become is described', async () => {
  const reports = readFileSync(join(ROOT, 'fixtures/badpage/reports.jsonl'), 'utf8').trim();
  const backends = await allBackends();
  for (const line of reports.split('\n')) {
    const { id, log } = JSON.parse(line);
    const triage = Triage.of(backends);
    if (!triage.ok) throw new Error(triage.problem.message);
    triage.value.write(new TextEncoder().encode(log));
    const data = JSON.parse(JSON.stringify(triageData(triage.value.end())));
    expect([id, undescribed(data)]).toEqual([id, []]);
  }
});

const forms = (await allBackends()).flatMap((backend) => backend.forms.map(({ name }) => name));
const below = (bits: bigint) => fc.bigInt({ min: 0n, max: (1n << bits) - 1n });
const anyWord = fc.oneof(below(64n), below(32n), below(12n));

property.prop([fc.constantFrom(...forms), fc.constantFrom(...LEVELS), anyWord], { numRuns: 1000 })(
  'what any word decodes to is described',
  async (form, level, word) => {
    const answer = await decode(form, [`0x${word.toString(16)}`], { level });
    if (!answer.ok) return;
    const { data } = answer.value.document;
    expect(undescribed(JSON.parse(JSON.stringify(data)))).toEqual([]);
  },
);

property.prop(
  [fc.constantFrom(...forms), anyWord, fc.constantFrom('VM_READ', 'VM_PFNMAP', 'VM_MIXEDMAP')],
  {
    numRuns: 20,
  },
)('what any word is to any kernel is described', async (form, word, vma) => {
  const options = { vma, kernel: 'all' };
  const answer = await normal(form, `0x${word.toString(16)}`, options);
  if (!answer.ok) return;
  const { data } = answer.value.document;
  expect(undescribed(JSON.parse(JSON.stringify(data)))).toEqual([]);
});
