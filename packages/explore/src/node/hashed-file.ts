import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';

const BUFFER = 2 ** 20;
/** Bytes of the hash that ends a file. */
const HASH = 32;

/** Writes a file front to back, with a hash behind it; it takes its place when it is complete. */
export class HashedWriter {
  private readonly descriptor: number;
  private readonly unfinished: string;
  private readonly hash = createHash('sha256');
  private readonly buffer = new Uint8Array(BUFFER);
  private used = 0;

  /** Throws the errors of the file system. */
  constructor(private readonly path: string) {
    this.unfinished = `${path}.unfinished`;
    this.descriptor = openSync(this.unfinished, 'w');
  }

  bytes(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      if (this.used === BUFFER) this.flush();
      const part = bytes.subarray(from, from + BUFFER - this.used);
      this.buffer.set(part, this.used);
      this.used += part.length;
      from += part.length;
    }
  }

  /** An integer that is not negative, small ones in few bytes. */
  integer(value: number): void {
    if (this.used + 8 > BUFFER) this.flush();
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
      this.buffer[this.used++] = (rest % 0x80) | 0x80;
    }
    this.buffer[this.used++] = rest;
  }

  /** Completes the file and puts it in the place of the last one. */
  finish(): void {
    this.flush();
    writeFully(this.descriptor, this.hash.digest());
    fsyncSync(this.descriptor);
    closeSync(this.descriptor);
    renameSync(this.unfinished, this.path);
  }

  /** Leaves what was there before. */
  abandon(): void {
    closeSync(this.descriptor);
    rmSync(this.unfinished, { force: true });
  }

  private flush(): void {
    const part = this.buffer.subarray(0, this.used);
    this.hash.update(part);
    writeFully(this.descriptor, part);
    this.used = 0;
  }
}

function writeFully(descriptor: number, bytes: Uint8Array): void {
  for (let from = 0; from < bytes.length; ) from += writeSync(descriptor, bytes, from);
}

/** The file ends early, or is not what its hash says. */
export class DamagedFile extends Error {}

/** Reads what `HashedWriter` wrote. */
export class HashedReader {
  private readonly hash = createHash('sha256');
  private readonly buffer = new Uint8Array(BUFFER);
  private at = 0;
  private end = 0;
  private left: number;

  /** @param size of the file in bytes */
  constructor(
    private readonly descriptor: number,
    size: number,
  ) {
    if (size < HASH) throw new DamagedFile('it is too short');
    this.left = size - HASH;
  }

  /** Bytes until the hash. */
  get rest(): number {
    return this.left + this.end - this.at;
  }

  integer(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 0x80) {
      if (this.at === this.end) this.fill();
      const byte = this.buffer[this.at++] as number;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new DamagedFile('a number has no end');
  }

  /** So many bytes, as a copy. */
  bytes(length: number): Uint8Array {
    if (length > this.rest) throw new DamagedFile('it ends early');
    const bytes = new Uint8Array(length);
    for (let to = 0; to < length; ) {
      if (this.at === this.end) this.fill();
      const part = this.buffer.subarray(this.at, Math.min(this.end, this.at + length - to));
      bytes.set(part, to);
      this.at += part.length;
      to += part.length;
    }
    return bytes;
  }

  /** Holds what was read, which must be all, to the hash. */
  finish(): void {
    if (this.rest > 0) throw new DamagedFile('more follows than it says');
    const wanted = new Uint8Array(HASH);
    readSync(this.descriptor, wanted);
    if (!this.hash.digest().equals(wanted)) throw new DamagedFile('its hash is another');
  }

  private fill(): void {
    const wanted = Math.min(BUFFER, this.left);
    const length = wanted === 0 ? 0 : readSync(this.descriptor, this.buffer, 0, wanted, null);
    if (length === 0) throw new DamagedFile('it ends early');
    this.hash.update(this.buffer.subarray(0, length));
    this.left -= length;
    this.at = 0;
    this.end = length;
  }
}
