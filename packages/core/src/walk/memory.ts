import type { Result } from '../outcome.js';
import type { PhysAddr } from '../units.js';

/** Physical memory as a dump holds it: the only effect that walking needs. */
export interface PhysicalMemory {
  /** Bytes that can be read at all; bounds the work of a walk over hostile tables. */
  readonly byteCount: bigint;
  /**
   * Reads `length` bytes. Codes: `not-in-dump` where no segment covers the range, `truncated` where
   * the file ends early. The bytes may be a view that the next call overwrites.
   */
  read(address: PhysAddr, length: number): Result<Uint8Array>;
}
