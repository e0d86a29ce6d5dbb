import { fail, type Result, type VirtAddr, virtAddr } from '@pagewright/core';
import { btfByteOrder, btfLength, HEADER } from './header.js';
import { MOST_BTF_BYTES } from './read.js';
import type { AddressedMemory } from './record.js';
import { parseBtf, type Types } from './types.js';

/** How far types may lie behind the first function: no kernel image is longer. */
const WINDOW_BYTES = 1 << 28;
/** Memory asked for at once, and where part of that is missing. */
const CHUNK_BYTES = 1 << 16;
const PAGE_BYTES = 1 << 12;
/** Chunks in a row of which nothing can be read: the image has ended. It has no holes of 16 MiB. */
const MOST_EMPTY_CHUNKS = 256;
/** `.BTF` follows notes, whose alignment it has (include/asm-generic/vmlinux.lds.h, RO_DATA). */
const ALIGNMENT = 4;
/**
 * Bytes that are looked into where headers stand; code begins like one by chance, and costs as much
 * as a page. More means that somebody wants the search to last.
 */
const MOST_LOOKED_INTO = 2 * MOST_BTF_BYTES;
/** What every kernel has and no module brings of its own. */
const KNOWN_TYPE = 'task_struct';

/**
 * The kernel's types in an image whose symbol table does not name `__start_BTF`: one of functions
 * alone (no CONFIG_KALLSYMS_ALL), or none. Code `no-btf` where nothing behind `start` is the
 * kernel's BTF.
 *
 * @param start address of the first function (`_stext`); types lie behind the code
 */
export function searchBtf(memory: AddressedMemory, start: VirtAddr): Result<Types> {
  let bytesLeft = MOST_LOOKED_INTO;
  for (const at of headers(memory, start)) {
    const header = memory.read(at, HEADER.withLayout);
    const said = header.ok ? (btfLength(header.value) ?? 0) : 0;
    const length = said > MOST_BTF_BYTES ? 0 : said;
    bytesLeft -= PAGE_BYTES + length;
    if (bytesLeft < 0) break;
    if (length === 0) continue;
    const bytes = memory.read(at, length);
    const types = bytes.ok ? parseBtf(bytes.value.slice()) : bytes;
    if (types.ok && types.value.has(KNOWN_TYPE)) return types;
  }
  const message = 'nothing in the kernel image is the BTF of a kernel: it holds no types';
  return fail('no-btf', message, { start });
}

/** Addresses where a header's first bytes stand. Memory that cannot be read is passed over. */
function* headers(memory: AddressedMemory, start: VirtAddr): Generator<VirtAddr, void> {
  const first = start - (start % BigInt(CHUNK_BYTES));
  let empty = 0;
  for (let done = 0; done < WINDOW_BYTES && empty < MOST_EMPTY_CHUNKS; done += CHUNK_BYTES) {
    const at = first + BigInt(done);
    if (at + BigInt(CHUNK_BYTES) > 1n << 64n) return;
    const whole = memory.read(virtAddr(at), CHUNK_BYTES);
    const step = whole.ok ? CHUNK_BYTES : PAGE_BYTES;
    empty++;
    for (let page = 0; page < CHUNK_BYTES; page += step) {
      const part = whole.ok ? whole : memory.read(virtAddr(at + BigInt(page)), step);
      if (!part.ok) continue;
      empty = 0;
      for (const place of places(part.value)) yield virtAddr(at + BigInt(page + place));
    }
  }
}

function places(bytes: Uint8Array): readonly number[] {
  const found: number[] = [];
  for (let at = 0; at < bytes.length; at += ALIGNMENT) {
    if (btfByteOrder(bytes, at) !== undefined) found.push(at);
  }
  return found;
}
