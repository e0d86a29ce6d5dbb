import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ArchBackend, fail, ok, type Result } from '@pagewright/core';
import type { Block, Json } from '@pagewright/report';
import type { Command } from 'commander';
import { allBackends, backendOfForm } from '../backends.js';
import { agreementText } from '../demo/agreement-text.js';
import { formsSection } from '../demo/forms-section.js';
import { processSection } from '../demo/process-section.js';
import { revisionsSection } from '../demo/revisions-section.js';
import { fixturesFolder } from '../fixtures.js';
import type { DemoOutput } from '../outputs/demo.js';
import { type Agreement, againstTruth } from '../process/against-truth.js';
import {
  describedProcess,
  type OpenProcess,
  openProcess,
  processTruth,
} from '../process/open-process.js';
import { type Answer, examples, type Reply } from '../verb.js';

/** The guest whose process is shown in full unless another is asked for. */
const FIRST_GUEST = 'x86_64-6.12';

/** `pagewright demo`: what the command line does without arguments in the repository. */
export function define(command: Command, reply: Reply): void {
  command
    .option('--guest <guest>', 'the guest whose process is shown in full', FIRST_GUEST)
    .addHelpText('after', examples(['pagewright demo --guest arm64-6.12', 'Another guest']))
    .action(({ guest }: { guest: string }) => reply(demo(guest)));
}

/** Laws and vectors, a real process, and one entry over the revisions. */
export async function demo(guest: string): Promise<Result<Answer>> {
  const fixtures = fixturesFolder();
  if (fixtures === undefined) {
    return fail('no-fixtures', 'the demo needs the fixtures of the repository');
  }
  const processes = join(fixtures, 'processes');
  const guests = readdirSync(processes).filter((name) =>
    existsSync(join(processes, name, 'process.json')),
  );
  if (!guests.includes(guest)) {
    return fail(
      'unknown-guest',
      `unknown guest "${guest.slice(0, 40)}"; known: ${guests.join(', ')}`,
    );
  }
  const forms = formsSection(await allBackends(), fixtures);
  if (!forms.ok) return forms;
  const shown = await showProcess(join(processes, guest));
  if (!shown.ok) return shown;
  const others: Other[] = [];
  for (const name of guests.filter((each) => each !== guest)) {
    const agreement = await agreementOf(join(processes, name));
    if (!agreement.ok) return agreement;
    others.push({ guest: name, agreement: agreement.value });
  }
  const agreements = [shown.value.agreement, ...others.map(({ agreement }) => agreement)];
  const wrong = forms.value.broken || agreements.some(({ differences }) => differences.length > 0);
  const data: DemoOutput = {
    schema: 'pagewright/demo/1',
    forms: forms.value.data,
    process: shown.value.data,
    others: others.map(({ guest: name, agreement }) => ({ guest: name, ...agreement })) as Json,
    revisions: shown.value.revisions,
  };
  const blocks = [
    forms.value.section,
    ...shown.value.blocks,
    ...(others.length > 0 ? [othersSection(others)] : []),
  ];
  const title = 'Pagewright: what every page-table entry means to Linux';
  return ok({ document: { title, blocks, data }, exitCode: wrong ? 1 : 0 });
}

interface Other {
  readonly guest: string;
  readonly agreement: Agreement;
}

interface Shown {
  readonly blocks: readonly Block[];
  readonly data: Json;
  readonly revisions: Json;
  readonly agreement: Agreement;
}

const showProcess = (folder: string): Promise<Result<Shown>> =>
  withProcess(folder, (opened, backend) => {
    const agreement = againstTruth(opened, processTruth(folder));
    const process = processSection(opened, agreement);
    const revisions = revisionsSection(opened, backend);
    const { guest, comm, pid, form, headers, root } = opened.described;
    const data = { guest, comm, pid, form, headers, root, vmas: process.data };
    return {
      blocks: [process.section, ...(revisions === undefined ? [] : [revisions.section])],
      data: { ...data, agreement: { ...agreement } },
      revisions: revisions?.data ?? [],
      agreement,
    };
  });

const agreementOf = (folder: string): Promise<Result<Agreement>> =>
  withProcess(folder, (opened) => againstTruth(opened, processTruth(folder)));

/** Opens a process for as long as something is done with it. */
async function withProcess<T>(
  folder: string,
  use: (opened: OpenProcess, backend: ArchBackend) => T,
): Promise<Result<T>> {
  const backend = await backendOfForm(describedProcess(folder).form);
  if (!backend.ok) return backend;
  const opened = openProcess(folder, backend.value);
  try {
    return ok(use(opened, backend.value));
  } finally {
    opened.close();
  }
}

function othersSection(others: readonly Other[]): Block {
  const rows = others.map(({ guest, agreement }) => [guest, agreementText(agreement)]);
  return {
    kind: 'section',
    title: 'The same process on other architectures (pagewright demo --guest NAME)',
    blocks: [{ kind: 'table', columns: [{ title: '' }, { title: '' }], rows }],
  };
}
