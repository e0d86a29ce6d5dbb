import { type FormDefinition, vmConstant } from '@pagewright/core';
import { ARGUMENT_BITS, type ArgumentKind, vmaAt } from '@pagewright/mm';
import type { Call } from '../format/operation-of.js';
import { partsOf } from '../format/words.js';
import { ScenarioStop, type World } from '../setup/world.js';

/** The arguments of a call as the operation takes them. */
export function argumentsOf(world: World, { operation, args }: Call): Record<string, unknown> {
  const entries = Object.entries(operation.parameters).map(([name, parameter]) => {
    const written = args[name];
    const value = written === undefined ? parameter.default : read(world, parameter.kind, written);
    return [name, value] as const;
  });
  return Object.fromEntries(entries);
}

function read(world: World, kind: ArgumentKind, written: unknown): unknown {
  const text = String(written);
  switch (kind) {
    case 'address':
    case 'vma': {
      const { mm, vpn, start } = world.address(text);
      // Addresses outside are asked of the VMA that their name is of.
      const there = vmaAt(world.model, mm, vpn);
      return { mm, vpn, vma: there >= 0 ? there : vmaAt(world.model, mm, start) };
    }
    case 'process':
      return world.get(partsOf(text).name, 'process').mm;
    case 'page':
      return world.frame(text);
    case 'pages':
      return (written as readonly string[]).map((each) => world.frame(each));
    case 'pfn':
      return typeof written === 'number' ? written : world.pfn(text);
    case 'file':
      return world.get(text, 'file').mapping;
    case 'reference':
      return referenceOf(world, text);
    case 'inFlight':
      return world.get(text, 'operation').record;
    case 'task':
      return world.get(partsOf(text).name, 'task').waiter;
    case 'protection':
      return protectionOf(world.model.machine.form.definition, text);
    case 'word':
      return BigInt(text);
    case 'foll':
    case 'fault':
    case 'pfnFlags':
      return bitsOf(kind, written as readonly string[]);
    case 'count':
    case 'switch':
    case 'level':
    case 'lock':
    case 'absent':
    case 'clearRefs':
    case 'departure':
    case 'sequence':
      return written;
  }
}

function referenceOf(world: World, text: string): number {
  const { name, offset } = partsOf(text);
  const record = world.get(name, 'reference').records[offset];
  if (record === undefined) throw new ScenarioStop(`there is no reference "${text}"`);
  return record;
}

/** VM_READ, VM_WRITE, VM_EXEC of `rwx`, `r--` and so on. */
function protectionOf(form: FormDefinition, text: string): bigint {
  const bit = (letter: string, name: string) =>
    text.includes(letter) ? (vmConstant(form, name) ?? 0n) : 0n;
  return text === 'none' ? 0n : bit('r', 'VM_READ') | bit('w', 'VM_WRITE') | bit('x', 'VM_EXEC');
}

function bitsOf(kind: keyof typeof ARGUMENT_BITS, names: readonly string[]): number {
  const known: Readonly<Record<string, number>> = ARGUMENT_BITS[kind];
  return names.reduce((bits, name) => bits | (known[name] ?? 0), 0);
}

/** A call as the printed run shows it. */
export function callText({ operation, args }: Call): string {
  const words = Object.entries(args).map(([name, value], i) => {
    const text = Array.isArray(value) ? listText(value) : String(value);
    return i === 0 ? text : `${name}=${text}`;
  });
  return [operation.name, ...words].join(' ');
}

/** Names of a list, a run of them by its ends. */
function listText(names: readonly unknown[]): string {
  const [first, last] = [names[0], names.at(-1)];
  return names.length > 4 ? `[${first} ... ${last}]` : `[${names.join(' ')}]`;
}
