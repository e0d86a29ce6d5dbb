/** Slots to begin with; a power of two. */
const FIRST_SLOTS = 1024;
/** A free slot; no frame is negative. */
const FREE = -1;
/** Spreads neighbouring frames over the table (2^32 divided by the golden ratio). */
const SPREAD = 0x9e37_79b1;

/**
 * How often each frame was seen: an open-addressing table of typed arrays, at most twelve bytes a
 * slot and two to four slots a frame. Frame numbers are below 2^53 everywhere.
 */
export class FrameCounts {
  private frames = new Float64Array(FIRST_SLOTS).fill(FREE);
  private counts = new Uint32Array(FIRST_SLOTS);
  private used = 0;

  add(frame: number): void {
    if (2 * this.used >= this.frames.length) this.grow();
    const slot = this.slot(frame);
    if (this.frames[slot] === FREE) {
      this.frames[slot] = frame;
      this.used++;
    }
    this.counts[slot] = (this.counts[slot] as number) + 1;
  }

  get(frame: number): number {
    return this.counts[this.slot(frame)] as number;
  }

  *[Symbol.iterator](): Generator<readonly [frame: number, count: number]> {
    for (let slot = 0; slot < this.frames.length; slot++) {
      const frame = this.frames[slot] as number;
      if (frame !== FREE) yield [frame, this.counts[slot] as number];
    }
  }

  private slot(frame: number): number {
    const mask = this.frames.length - 1;
    let slot = (Math.imul(frame % 2 ** 32, SPREAD) >>> 7) & mask;
    while (this.frames[slot] !== FREE && this.frames[slot] !== frame) slot = (slot + 1) & mask;
    return slot;
  }

  private grow(): void {
    const { frames, counts } = this;
    this.frames = new Float64Array(2 * frames.length).fill(FREE);
    this.counts = new Uint32Array(2 * frames.length);
    for (let i = 0; i < frames.length; i++) {
      const frame = frames[i] as number;
      if (frame === FREE) continue;
      const slot = this.slot(frame);
      this.frames[slot] = frame;
      this.counts[slot] = counts[i] as number;
    }
  }
}
