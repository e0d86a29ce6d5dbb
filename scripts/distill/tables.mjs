// The page tables of a span as an ELF core of their own.
import { hex, physAddr, walkEntries } from '../../packages/core/dist/index.js';

/** The addresses of user space that a form translates from one root. */
export function userSpan(form) {
  const { addressBits, canonical } = form.definition;
  const bits = canonical === 'sign-extended' ? addressBits - 1 : addressBits;
  return { start: 0n, end: 1n << BigInt(bits) };
}

/**
 * Reads every table below `root` once and returns them as [address, bytes], by address. Throws when
 * a table cannot be used, or when a table lies in a page that an entry maps: that would be data.
 */
export function tablesBelow(form, memory, root, span) {
  const tables = new Map();
  const recording = {
    byteCount: memory.byteCount,
    read(address, length) {
      const found = memory.read(address, length);
      if (found.ok) tables.set(address, found.value.slice());
      return found;
    },
  };
  const walked = walkEntries(form, recording, physAddr(root), span);
  if (!walked.ok) throw new Error(walked.problem.message);
  const mapped = [];
  for (const { level, decoded, problem, start } of walked.value) {
    if (problem) throw new Error(`${hex(start)}: ${problem.message}`);
    if (decoded.kind !== 'leaf') continue;
    const { shift } = form.levels.find((geometry) => geometry.level === level);
    mapped.push([decoded.physical, decoded.physical + (1n << BigInt(shift))]);
  }
  const sorted = [...tables].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [address, bytes] of sorted) {
    const end = address + BigInt(bytes.length);
    const data = mapped.find(([first, last]) => first < end && address < last);
    if (data) throw new Error(`the table at ${hex(address)} is mapped as data`);
  }
  return sorted;
}

const HEADER = 64;
const PROGRAM = 56;

/** An ELF64 core whose PT_LOAD segments are the tables, neighbours joined. */
export function elfOf(tables, { byteOrder, machine }) {
  const little = byteOrder === 'little';
  const segments = [];
  for (const [address, bytes] of tables) {
    const previous = segments.at(-1);
    if (previous && previous.address + BigInt(previous.length) === address) {
      previous.length += bytes.length;
    } else segments.push({ address, length: bytes.length });
  }
  const first = HEADER + segments.length * PROGRAM;
  const total = tables.reduce((sum, [, bytes]) => sum + bytes.length, first);
  const out = new Uint8Array(total);
  const view = new DataView(out.buffer);
  out.set([0x7f, 0x45, 0x4c, 0x46, 2, little ? 1 : 2, 1]);
  view.setUint16(16, 4, little); // ET_CORE
  view.setUint16(18, machine, little);
  view.setUint32(20, 1, little);
  view.setBigUint64(32, BigInt(HEADER), little);
  for (const [at, value] of [
    [52, HEADER],
    [54, PROGRAM],
    [56, segments.length],
  ]) {
    view.setUint16(at, value, little);
  }
  let offset = first;
  for (const [i, { address, length }] of segments.entries()) {
    const at = HEADER + i * PROGRAM;
    view.setUint32(at, 1, little); // PT_LOAD
    view.setUint32(at + 4, 4, little); // readable
    view.setBigUint64(at + 8, BigInt(offset), little);
    view.setBigUint64(at + 24, address, little);
    view.setBigUint64(at + 32, BigInt(length), little);
    view.setBigUint64(at + 40, BigInt(length), little);
    offset += length;
  }
  offset = first;
  for (const [, bytes] of tables) {
    out.set(bytes, offset);
    offset += bytes.length;
  }
  return out;
}
