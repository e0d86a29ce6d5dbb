import { Fields } from './fields.js';

/** One ELF note. */
export interface Note {
  /** Who defines it: `CORE`, `LINUX`, `VMCOREINFO`, `QEMU`. */
  readonly name: string;
  readonly type: number;
  readonly content: Uint8Array;
}

/** Longest note area that is read; a machine with 8192 CPUs needs about 4 MiB. */
export const MOST_NOTE_BYTES = 1 << 26;
const HEADER = 12;

/**
 * The notes of a PT_NOTE segment or of a kdump's note area (System V ABI: name and content are
 * padded to 4 bytes in Linux's cores of either class). A note that claims more than there is ends
 * the list.
 */
export function parseNotes(bytes: Uint8Array, byteOrder: 'little' | 'big'): readonly Note[] {
  const fields = new Fields(bytes, byteOrder === 'little', 32);
  const notes: Note[] = [];
  let at = 0;
  while (at + HEADER <= bytes.length) {
    const nameSize = fields.full(at);
    const contentSize = fields.full(at + 4);
    const content = at + HEADER + padded(nameSize);
    if (content + contentSize > bytes.length) break;
    const name = text(bytes.subarray(at + HEADER, at + HEADER + nameSize));
    const type = fields.full(at + 8);
    notes.push({ name, type, content: bytes.subarray(content, content + contentSize) });
    at = content + padded(contentSize);
  }
  return notes;
}

/** The text of the VMCOREINFO note (kernel/vmcore_info.c), when there is one. */
export function vmcoreinfoOf(notes: readonly Note[]): string | undefined {
  const note = notes.find(({ name }) => name === 'VMCOREINFO');
  return note === undefined ? undefined : text(note.content);
}

/** Bytes up to the first NUL as text; bytes that are not UTF-8 become U+FFFD. */
export function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

const padded = (size: number): number => Math.ceil(size / 4) * 4;
