import {
  type Bits,
  type EntryForm,
  type Helper,
  hex,
  isAbsentHelper,
  type Level,
} from '@pagewright/core';
import type { Broken } from './law.js';

/** A predicate of one level. */
export type Ask = (entry: bigint) => boolean;
/** A transform or a reading of one level. */
export type Change = (entry: bigint) => Bits;

const found = (form: EntryForm, level: Level, name: string): Helper | undefined => {
  const helper = form.helper(level, name);
  return isAbsentHelper(helper) ? undefined : helper;
};

/** `pxx_name()` as a predicate, or undefined where the form has none. */
export function ask(form: EntryForm, level: Level, name: string): Ask | undefined {
  const helper = found(form, level, name);
  return helper?.kind === 'test' ? (helper.bits as Ask) : undefined;
}

/** `pxx_name()` as a transform, or undefined where the form has none. */
export function change(form: EntryForm, level: Level, name: string): Change | undefined {
  const helper = found(form, level, name);
  return helper?.kind === 'word' ? (helper.bits as Change) : undefined;
}

/** A helper by its full name called with named arguments, or undefined where the form has none. */
export function call<T extends bigint | boolean = Bits>(
  form: EntryForm,
  name: string,
): ((args: Readonly<Record<string, bigint | boolean>>) => T) | undefined {
  const helper = form.function(name);
  return isAbsentHelper(helper) ? undefined : caller<T>(helper);
}

/** A helper called with named arguments; an argument that it needs and is not given is 0. */
export function caller<T extends bigint | boolean>(
  helper: Helper,
): (args: Readonly<Record<string, bigint | boolean>>) => T {
  const { bits, params } = helper;
  return (args) => bits(...params.map((name) => args[name] ?? 0n)) as T;
}

/** `pfn_pxx()`, and `pxx_mkhuge()` of it above the leaf table. */
export function builder(
  form: EntryForm,
  level: Level,
): ((pfn: bigint, prot: bigint) => Bits) | undefined {
  const make = call(form, `pfn_${level}`);
  const huge = level === 'pte' ? undefined : change(form, level, 'mkhuge');
  if (make === undefined || (level !== 'pte' && huge === undefined)) return undefined;
  return (pfn, prot) => {
    const entry = make({ pfn, prot });
    return huge === undefined ? entry : huge(entry);
  };
}

const text = (value: bigint | boolean): string =>
  typeof value === 'bigint' ? hex(value) : String(value);

/** Broken when two answers differ; `what` says which answer it is. */
export function same(
  what: string,
  expected: bigint | boolean,
  got: bigint | boolean,
): Broken | undefined {
  if (expected === got) return undefined;
  return { expected: `${what} ${text(expected)}`, got: `${what} ${text(got)}` };
}
