import {
  type EntryForm,
  hex,
  ok,
  type PhysAddr,
  type PhysicalMemory,
  type Result,
  walk,
} from '@pagewright/core';
import type { Block, Text } from '@pagewright/report';
import type { WalkHead, WalkOutput } from '../outputs/walk.js';
import type { Answer } from '../verb.js';
import { entryText } from './entry-text.js';
import { type EndData, endData, type StepData, stepData } from './step-data.js';

/** Every step of translating one address. The head is what both kinds of walk say first. */
export function walkAt(
  form: EntryForm,
  memory: PhysicalMemory,
  root: PhysAddr,
  address: bigint,
  head: WalkHead,
): Result<Answer> {
  const walked = walk(form, memory, root, address);
  if (!walked.ok) return walked;
  const steps = walked.value.steps.map((step) => stepData(form, step));
  const end = endData(walked.value);
  const data: WalkOutput = { ...head, at: hex(address), span: null, steps, end, ranges: [] };
  const blocks = [stepsTable(steps), ...endBlocks(hex(address), steps, end)];
  const invalid = steps.some(({ kind }) => kind === 'invalid');
  const answer: Answer = {
    document: { title: `${hex(address)} step by step`, blocks, data },
    exitCode: invalid ? 1 : 0,
  };
  const { end: last } = walked.value;
  return ok(last.kind === 'unreadable' ? { ...answer, problem: last.problem } : answer);
}

function stepsTable(steps: readonly StepData[]): Block {
  return {
    kind: 'table',
    columns: [
      { title: 'level' },
      { title: 'table' },
      { title: 'index', align: 'right' },
      { title: 'entry at' },
      { title: 'word' },
      { title: 'says' },
    ],
    rows: steps.map((step) => [
      step.level,
      step.table,
      `${step.index}`,
      step.address,
      step.raw,
      entryText(step),
    ]),
  };
}

function endBlocks(address: string, steps: readonly StepData[], end: EndData): Block[] {
  const paragraph = (text: Text): Block[] => [{ kind: 'paragraph', text }];
  if (end.kind === 'mapped') {
    return paragraph(
      `${address} is physical ${end.physical}, pfn ${end.pfn}, by its ${end.level}.`,
    );
  }
  if (end.kind === 'not-mapped') {
    const { kind } = steps.at(-1) ?? {};
    return paragraph(
      `${address} is not mapped: its ${end.level} is ${kind === 'none' ? 'empty' : kind}.`,
    );
  }
  return [];
}
