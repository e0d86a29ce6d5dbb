import { type ComparedDecisions, runDecisions, type VectorFile } from '@pagewright/conformance';
import { fail, ok, type Result } from '@pagewright/core';
import { decisionComparers } from '@pagewright/mm/decisions';
import type { Command } from 'commander';
import { conformDocument, type Findings, isBroken } from '../conform/document.js';
import { readRecorded, unreadableAsProblem } from '../conform/folders.js';
import { decisionsData, type FormData, testForm } from '../conform/form-report.js';
import { chooseBackends } from '../conform/own-backend.js';
import { type Target, targetsOf } from '../conform/targets.js';
import { progress, progressDone } from '../progress.js';
import { type Answer, examples, type Reply } from '../verb.js';

interface ConformOptions {
  readonly arch?: string;
  readonly golden?: string;
  readonly decisions?: string;
  readonly backend?: string;
}

/** `pagewright conform`. */
export function define(command: Command, reply: Reply): void {
  command
    .option('--arch <name>', 'one architecture (x86, arm64, ...) or the one of a form')
    .option('--golden <folder>', 'compare with the vectors of this folder only')
    .option('--decisions <folder>', 'compare with the recorded decisions of this folder only')
    .option('--backend <module>', 'test the backend that this module exports, and no other')
    .addHelpText(
      'after',
      examples(
        ['pagewright conform', 'All laws, vectors and decisions, for every form'],
        ['pagewright conform --arch s390x --golden fixtures/golden-7.2', 'One architecture'],
        ['pagewright conform --backend ./my-arch.mjs', 'A backend of your own'],
      ),
    )
    .action((options: ConformOptions) => reply(conform(options)));
}

/** Tests backends against the laws, and against what real kernels answered. */
export async function conform(options: ConformOptions): Promise<Result<Answer>> {
  const { arch, golden, decisions, backend } = options;
  const backends = await chooseBackends(arch, backend);
  if (!backends.ok) return backends;
  // Decisions are held against the model on architectures of ours: they say nothing of a backend.
  const recorded = readRecorded(golden, decisions, backend === undefined);
  if (!recorded.ok) return recorded;
  const { vectors, decisions: files } = recorded.value;
  const targets = unreadableAsProblem(() => targetsOf(backends.value, vectors));
  if (!targets.ok) return targets;
  const { targets: all, left } = targets.value;
  const restricted = arch !== undefined || backend !== undefined;
  if (restricted && golden !== undefined && left.length === vectors.length) {
    const message = `${golden}: holds no vectors of the forms of ${arch ?? backend}`;
    return fail('no-vectors', message, { golden });
  }
  const forms = testAll(all);
  if (!forms.ok) return forms;
  const decided =
    files === undefined ? undefined : unreadableAsProblem(() => compareDecisions(files));
  if (decided?.ok === false) return decided;
  const findings: Findings = {
    forms: forms.value,
    left: restricted ? [] : left,
    ...(decided === undefined ? {} : { decisions: decisionsData(decided.value) }),
    lawsOnly: vectors.length === 0 && decided === undefined,
  };
  return ok({ document: conformDocument(findings), exitCode: isBroken(findings) ? 1 : 0 });
}

/** Compares recorded decisions with the model, which asks core. */
function compareDecisions(files: readonly VectorFile[]): Result<ComparedDecisions> {
  try {
    return runDecisions(files, decisionComparers, (name) => progress(`${name} ...`));
  } finally {
    progressDone();
  }
}

function testAll(targets: readonly Target[]): Result<FormData[]> {
  const forms: FormData[] = [];
  try {
    for (const target of targets) {
      progress(`${target.form.name} (headers ${target.form.headers}) ...`);
      const tested = unreadableAsProblem(() => testForm(target));
      if (!tested.ok) return tested;
      forms.push(tested.value);
    }
    return ok(forms);
  } finally {
    progressDone();
  }
}
