import { fail, ok, type Result } from '@pagewright/core';
import { type ByteSource, readBytes } from '../bytes.js';
import { Fields } from '../fields.js';
import { text } from '../notes.js';

/** What the kernel's uname says, as kept in a kdump's header. */
export interface Utsname {
  readonly release: string;
  readonly version: string;
  /** `x86_64`, `aarch64`, `s390x`; empty when the writer did not know. */
  readonly machine: string;
}

/** struct disk_dump_header (makedumpfile's diskdump_mod.h), versions 1 to 6. */
export interface KdumpHeader {
  readonly version: number;
  readonly byteOrder: 'little' | 'big';
  readonly wordBits: 32 | 64;
  readonly utsname: Utsname;
  /**
   * Bytes of a block: unit of the file's layout, and of pages. QEMU writes 65536 for arm64
   * whatever page size its guest has; this, and not VMCOREINFO's PAGESIZE, is what counts.
   */
  readonly blockSize: number;
  readonly subHeaderBlocks: number;
  readonly bitmapBlocks: number;
  /** Number of page frames; version 6 has the full one in the sub header. */
  readonly maxMapnr32: number;
}

export const SIGNATURE = 'KDUMP   ';
export const NEWEST_VERSION = 6;
export const VERSION_AT = 8;
/** Where each of utsname's strings that are read lies, and how many bytes each of the six has. */
const UTSNAME_FIELD = 65;
export const UTSNAME_AT = {
  release: 12 + 2 * UTSNAME_FIELD,
  version: 12 + 3 * UTSNAME_FIELD,
  machine: 12 + 4 * UTSNAME_FIELD,
  bytes: UTSNAME_FIELD,
} as const;
/**
 * Where `status` lies: behind a timeval of two words. Block size, blocks of the sub header and of the
 * bitmaps, and number of frames follow it.
 */
export const STATUS_AT = { 32: 412, 64: 424 } as const;
const HEADER_BYTES = 464;
/** Page sizes that Linux has. */
const SMALLEST_BLOCK = 1 << 12;
const LARGEST_BLOCK = 1 << 18;

/** True for files that begin as makedumpfile's compressed dumps do. */
export function isKdump(source: ByteSource): boolean {
  return source.byteCount >= 8n && text(source.read(0n, 8)) === SIGNATURE;
}

/**
 * Reads the main header. Byte order shows in the version, the word size in where a sensible layout
 * stands. Codes: `truncated`, `bad-kdump`.
 */
export function readHeader(source: ByteSource): Result<KdumpHeader> {
  const head = readBytes(source, 0n, HEADER_BYTES);
  if (!head.ok) return head;
  const bytes = head.value.slice();
  const little = new Fields(bytes, true, 64).full(VERSION_AT);
  const big = new Fields(bytes, false, 64).full(VERSION_AT);
  const isLittle = isVersion(little);
  if (!isLittle && !isVersion(big)) {
    return fail('bad-kdump', `${source.name}: header version ${little} is none of 1 to 6`);
  }
  for (const wordBits of [64, 32] as const) {
    const header = headerAs(bytes, isLittle, wordBits);
    if (isSensible(header, source)) return ok(header);
  }
  return fail(
    'bad-kdump',
    `${source.name}: neither as a 32-bit nor as a 64-bit header do block size and bitmaps fit the file`,
  );
}

const isVersion = (version: number): boolean => version >= 1 && version <= NEWEST_VERSION;

function headerAs(bytes: Uint8Array, little: boolean, wordBits: 32 | 64): KdumpHeader {
  const fields = new Fields(bytes, little, wordBits);
  const status = STATUS_AT[wordBits];
  const uts = (at: number): string => text(bytes.subarray(at, at + UTSNAME_AT.bytes));
  return {
    version: fields.full(VERSION_AT),
    byteOrder: little ? 'little' : 'big',
    wordBits,
    utsname: {
      release: uts(UTSNAME_AT.release),
      version: uts(UTSNAME_AT.version),
      machine: uts(UTSNAME_AT.machine),
    },
    blockSize: fields.full(status + 4),
    subHeaderBlocks: fields.full(status + 8),
    bitmapBlocks: fields.full(status + 12),
    maxMapnr32: fields.full(status + 16),
  };
}

function isSensible(header: KdumpHeader, source: ByteSource): boolean {
  const { blockSize, subHeaderBlocks, bitmapBlocks } = header;
  const isBlock =
    blockSize >= SMALLEST_BLOCK &&
    blockSize <= LARGEST_BLOCK &&
    (blockSize & (blockSize - 1)) === 0;
  const pages = (1 + subHeaderBlocks + bitmapBlocks) * blockSize;
  return isBlock && subHeaderBlocks > 0 && bitmapBlocks > 0 && BigInt(pages) <= source.byteCount;
}
