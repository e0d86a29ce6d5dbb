import { fail, type Problem } from '../outcome.js';

/** Facts that a dump offers for choosing a form: VMCOREINFO lines by key. */
export interface DumpFacts {
  /** Machine as the container names it (ELF e_machine), if it does. */
  readonly elfMachine?: number;
  /** VMCOREINFO `KEY=value` and `SYMBOL(x)=..`, `NUMBER(x)=..` lines. */
  readonly vmcoreinfo: ReadonlyMap<string, string>;
}

/** A line for messages, its value quoted and cut short: the text is whatever the dump holds. */
export function shownLine({ vmcoreinfo }: DumpFacts, key: string): string {
  const text = vmcoreinfo.get(key);
  return `${key} is ${text === undefined ? 'missing' : JSON.stringify(text.slice(0, 40))}`;
}

/** A line that a backend cannot do without is missing or says nothing: code `bad-vmcoreinfo`. */
export const unusableLine = (
  facts: DumpFacts,
  key: string,
): { readonly ok: false; readonly problem: Problem } =>
  fail('bad-vmcoreinfo', `VMCOREINFO ${shownLine(facts, key)}`, { key });
