import {
  type Bits,
  type EntryForm,
  Helper,
  type KernelRights,
  type KernelSpaceRules,
  type Level,
  type Test,
} from '@pagewright/core';

/** What the kernel may do with memory. */
export interface Rights {
  readonly read: boolean;
  readonly write: boolean;
  /** Null where the format of entries cannot forbid it. */
  readonly execute: boolean | null;
}

/** `rwx` as `ls` has it, `?` for what the format does not say. */
export const rightsText = ({ read, write, execute }: Rights): string =>
  `${read ? 'r' : '-'}${write ? 'w' : '-'}${execute === null ? '?' : execute ? 'x' : '-'}`;

/** What the kernel can write and then run. */
export const isWritableExecutable = ({ rights }: { readonly rights?: Rights }): boolean =>
  rights?.write === true && rights.execute === true;

/** What both give. */
export const bothRights = (a: Rights, b: Rights): Rights => ({
  read: a.read && b.read,
  write: a.write && b.write,
  execute: a.execute === null || b.execute === null ? null : a.execute && b.execute,
});

/** Reads rights off entries; the tests of each level are compiled once. */
export class RightsReader {
  private readonly compiled = new Map<string, (raw: Bits) => Rights>();

  constructor(
    private readonly form: EntryForm,
    private readonly rules: KernelSpaceRules,
  ) {}

  /** Rights that a leaf, or a pointer to a table, in a table of a level gives. */
  of(kind: 'leaf' | 'table', level: Level, raw: Bits): Rights {
    const key = `${kind} ${level}`;
    let read = this.compiled.get(key);
    if (read === undefined) {
      const { form, rules } = this;
      read = reader(form, rules[kind === 'leaf' ? 'leafRights' : 'tableRights'](form, level));
      this.compiled.set(key, read);
    }
    return read(raw);
  }
}

function reader(form: EntryForm, rights: KernelRights): (raw: Bits) => Rights {
  const compile = (name: string, test: Test) =>
    new Helper(name, test, form.definition.wordBits, 'entry').bits;
  const [read, write] = [compile('read', rights.read), compile('write', rights.write)];
  const execute = rights.execute === undefined ? null : compile('execute', rights.execute);
  return (raw) => ({
    read: read(raw),
    write: write(raw),
    execute: execute === null ? null : execute(raw),
  });
}
