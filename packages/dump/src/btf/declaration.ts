import { isModifier, KIND } from './kind.js';
import { arrayOf } from './size.js';
import type { TypeId, TypeTable } from './table.js';

/** Types that one declaration may name; a damaged blob can nest them without end. */
const MOST_PARTS = 256;

/** What no name in C has: a damaged blob may have line feeds in its names. */
const UNPRINTABLE = /[^\x20-\x7e]/g;

/** A type in C's words, in one line: `struct page *`, `char[16]`. */
export const describeType = (table: TypeTable, id: TypeId): string =>
  declare(table, id, '').replace(UNPRINTABLE, '?');

/** A declaration as C writes it: `int (*handler)(struct page *)`, `char comm[16]`. */
export function declare(table: TypeTable, id: TypeId, name: string): string {
  let parts = MOST_PARTS;
  const wrap = (at: TypeId, inner: string): string => {
    if (parts-- <= 0) return `... ${inner}`.trimEnd();
    const kind = table.kind(at);
    const target = table.sizeOrType(at);
    if (kind === KIND.ptr) {
      return wrap(target, bindsTighter(table, target) ? `(*${inner})` : `*${inner}`);
    }
    if (kind === KIND.array) {
      const { element, length } = arrayOf(table, at);
      return wrap(element, `${inner}[${length === 0 ? '' : length}]`);
    }
    if (kind === KIND.funcProto) return wrap(target, `${inner}(${parameters(at)})`);
    const qualifier = QUALIFIERS.get(kind);
    if (qualifier !== undefined) {
      // What qualifies a pointer stands behind its star, and before anything else.
      if (table.kind(target) === KIND.ptr) return wrap(target, joined(qualifier, inner));
      return `${qualifier} ${wrap(target, inner)}`;
    }
    if (kind === KIND.typeTag) return wrap(target, inner);
    return joined(baseName(table, at), inner);
  };
  const parameters = (at: TypeId): string => {
    const count = table.vlen(at);
    if (count === 0) return 'void';
    const texts: string[] = [];
    for (let i = 0; i < count && parts > 0; i++) {
      const type = table.data(at, i * 2 + 1);
      // A parameter without type ends the list: the function takes any number.
      texts.push(type === 0 ? '...' : wrap(type, ''));
    }
    return texts.join(', ');
  };
  return wrap(id, name);
}

const QUALIFIERS: ReadonlyMap<number, string> = new Map([
  [KIND.const, 'const'],
  [KIND.volatile, 'volatile'],
  [KIND.restrict, 'restrict'],
]);

/** A star and what follows it stand without a space, and so do the brackets of an array. */
const joined = (type: string, inner: string): string =>
  inner === '' || inner.startsWith('[') ? `${type}${inner}` : `${type} ${inner}`;

/** Arrays and functions bind to a name more tightly than the star of a pointer. */
function bindsTighter(table: TypeTable, id: TypeId): boolean {
  let at = id;
  for (let i = 0; i < MOST_PARTS && isModifier(table.kind(at)); i++) {
    if (table.kind(at) === KIND.typedef) return false;
    at = table.sizeOrType(at);
  }
  return table.kind(at) === KIND.array || table.kind(at) === KIND.funcProto;
}

/** The keyword that C puts before the names of a kind. */
function keyword(table: TypeTable, id: TypeId): string {
  const kind = table.kind(id);
  if (kind === KIND.struct) return 'struct';
  if (kind === KIND.union) return 'union';
  if (kind === KIND.enum || kind === KIND.enum64) return 'enum';
  if (kind === KIND.fwd) return table.kindFlag(id) ? 'union' : 'struct';
  return '';
}

function baseName(table: TypeTable, id: TypeId): string {
  if (table.kind(id) === KIND.void) return 'void';
  const word = keyword(table, id);
  const name = table.name(id);
  if (word === '') return name === '' ? '(unnamed)' : name;
  return name === '' ? `${word} {...}` : `${word} ${name}`;
}
