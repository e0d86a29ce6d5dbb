import { z } from 'zod';

/** A name of an object: V, child, page_1. */
const WORD = '[A-Za-z_][A-Za-z0-9_-]*';

/** An object, or the n-th page of one: `D`, `D+3`. */
export const NAME = z
  .string()
  .max(80)
  .regex(new RegExp(`^${WORD}(\\+[0-9]{1,7})?$`), 'a name such as A, or A+3');

/** A page of a VMA, in the process that has it or in another: `V`, `V+3`, `child:V+3`. */
export const ADDRESS = z
  .string()
  .max(120)
  .regex(new RegExp(`^(${WORD}:)?${WORD}(\\+[0-9]{1,7})?$`), 'a page such as V, V+3 or child:V+3');

/** Kernels: `v6.9`, `v6.12..`, `..v6.9`, `v6.12..v6.18`, `all`, several with
 * commas; `v6.1~anon-vma-counters` lacks a change. */
export const KERNELS = z
  .string()
  .max(200)
  .regex(
    /^((with|without) +)?[\w./~+-]+(\s*,\s*((with|without) +)?[\w./~+-]+)*$/,
    'kernels such as v6.9, v6.12.., ..v6.9, v6.12..v6.18, v6.9~CHANGE, v6.9+CHANGE or with CHANGE',
  );

/** A whole number in bounds; hexadecimal is written as YAML has it, 0x10. */
export const number = (least: number, most: number) => z.number().int().min(least).max(most);

/** An object of these fields and no others. */
export const strict = <T extends z.core.$ZodLooseShape>(shape: T) => z.strictObject(shape);

/** The parts of a name or an address. */
export interface NameParts {
  /** The process that is named before the colon. */
  readonly process?: string;
  readonly name: string;
  readonly offset: number;
}

/** Takes a name or an address apart; it must have the form of one. */
export function partsOf(text: string): NameParts {
  const [, process, name = '', offset] = /^(?:([^:+]+):)?([^:+]+)(?:\+(\d+))?$/.exec(text) ?? [];
  return { ...(process === undefined ? {} : { process }), name, offset: Number(offset ?? 0) };
}
