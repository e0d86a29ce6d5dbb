import type { Decompressors } from '../src/index.js';
import { COMPRESSORS } from './compressors.js';

/** What goes into a kdump made by a test. */
export interface MadeKdump {
  /** Contents by page frame; `'excluded'` for memory that is left out of the dump. */
  readonly pages: ReadonlyMap<number, Uint8Array | 'excluded'>;
  readonly version?: 1 | 2 | 3 | 4 | 5 | 6;
  readonly byteOrder?: 'little' | 'big';
  /** 32-bit sub headers exist with and without padding before 64-bit numbers. */
  readonly words?: 64 | '32-packed' | '32-padded';
  readonly blockSize?: number;
  readonly compression?: keyof Decompressors | 'none';
  readonly machine?: string;
  readonly vmcoreinfo?: string;
  /** ELF notes, where version 4 and later put them. */
  readonly notes?: Uint8Array;
  /** Frames at which the dump is split into one more file. */
  readonly splitAt?: readonly number[];
  /** Unfiltered dumps of old had no second bitmap. */
  readonly oneBitmap?: boolean;
}

const FLAGS = { none: 0, zlib: 1, lzo: 2, snappy: 4, zstd: 0x20 } as const;
const SUB = {
  64: { word: 8, level: 8, split: 12, start: 16, end: 24, info: 32, notes: 48, pfns: 80 },
  '32-packed': { word: 4, level: 4, split: 8, start: 12, end: 16, info: 20, notes: 32, pfns: 56 },
  '32-padded': { word: 4, level: 4, split: 8, start: 12, end: 16, info: 24, notes: 40, pfns: 72 },
} as const;

/** The files of the dump: one, or one more than `splitAt` has places. */
export function makeKdump(made: MadeKdump): Uint8Array[] {
  const frames = Math.max(...made.pages.keys(), 0) + 1;
  const places = made.splitAt ?? [];
  const starts = [0, ...places];
  return starts.map((start, i) => makeFile(made, frames, start, starts[i + 1] ?? frames));
}

function makeFile(made: MadeKdump, frames: number, start: number, end: number): Uint8Array {
  const blockSize = made.blockSize ?? 4096;
  const order = made.byteOrder ?? 'little';
  const version = made.version ?? 6;
  const words = made.words ?? 64;
  const little = order === 'little';
  const info = new TextEncoder().encode(made.vmcoreinfo ?? '');
  const notes = made.notes ?? new Uint8Array(0);
  const subBlocks = Math.ceil((128 + info.length + notes.length) / blockSize);
  const bitmap = bitmaps(made, frames, blockSize);
  const held = [...made.pages.keys()]
    .filter((frame) => frame >= start && frame < end && made.pages.get(frame) !== 'excluded')
    .sort((a, b) => a - b);
  const descriptors = (1 + subBlocks) * blockSize + bitmap.length;
  const stored = held.map((frame) => storedPage(made, made.pages.get(frame) as Uint8Array));
  const data = descriptors + held.length * 24;
  const total = stored.reduce((sum, { bytes }) => sum + bytes.length, data);
  const out = new Uint8Array(total);
  const view = new DataView(out.buffer);
  const full = (at: number, value: number) => view.setUint32(at, value, little);
  const double = (at: number, value: number) => view.setBigUint64(at, BigInt(value), little);
  const word = (at: number, value: number) => (words === 64 ? double : full)(at, value);

  out.set(new TextEncoder().encode('KDUMP   '));
  full(8, version);
  out.set(new TextEncoder().encode('6.12.0-made'), 12 + 2 * 65);
  out.set(new TextEncoder().encode(made.machine ?? 'made'), 12 + 4 * 65);
  const status = words === 64 ? 424 : 412;
  [0, blockSize, subBlocks, bitmap.length / blockSize, frames].forEach((value, i) => {
    full(status + 4 * i, value);
  });

  const at = SUB[words];
  const sub = (offset: number) => blockSize + offset;
  full(sub(at.level), 31);
  if (version >= 2) {
    full(sub(at.split), made.splitAt === undefined ? 0 : 1);
    word(sub(at.start), start);
    word(sub(at.end), end);
  }
  const extent = (offset: number, place: number, bytes: Uint8Array) => {
    if (bytes.length === 0) return;
    double(sub(offset), place);
    word(sub(offset + 8), bytes.length);
    out.set(bytes, place);
  };
  if (version >= 3) extent(at.info, sub(128), info);
  if (version >= 4) extent(at.notes, sub(128) + info.length, notes);
  if (version >= 6) {
    double(sub(at.pfns), start);
    double(sub(at.pfns + 8), end);
    double(sub(at.pfns + 16), frames);
  }

  out.set(bitmap, (1 + subBlocks) * blockSize);
  let place = data;
  stored.forEach(({ bytes, flags }, i) => {
    const descriptor = descriptors + 24 * i;
    double(descriptor, place);
    full(descriptor + 8, bytes.length);
    full(descriptor + 12, flags);
    out.set(bytes, place);
    place += bytes.length;
  });
  return out;
}

function bitmaps(made: MadeKdump, frames: number, blockSize: number): Uint8Array {
  const length = Math.ceil(Math.ceil(frames / 8) / blockSize) * blockSize;
  const out = new Uint8Array(made.oneBitmap ? length : 2 * length);
  const set = (byte: number, frame: number) => {
    out[byte] = (out[byte] as number) | (1 << (frame & 7));
  };
  for (const [frame, page] of made.pages) {
    set(frame >> 3, frame);
    if (page !== 'excluded' && !made.oneBitmap) set(length + (frame >> 3), frame);
  }
  return out;
}

/** A page as makedumpfile stores it: uncompressed when compression gains nothing. */
function storedPage(made: MadeKdump, page: Uint8Array): { bytes: Uint8Array; flags: number } {
  const compression = made.compression ?? 'none';
  if (compression === 'none') return { bytes: page, flags: FLAGS.none };
  const bytes = COMPRESSORS[compression](page);
  if (bytes.length >= page.length) return { bytes: page, flags: FLAGS.none };
  return { bytes, flags: FLAGS[compression] };
}
