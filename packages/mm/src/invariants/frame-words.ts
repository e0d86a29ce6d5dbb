import type { Machine } from '../machine/machine.js';
import { type Column, Frame } from '../state/columns.js';
import { CHUNK_WORDS } from '../state/cow-words.js';
import type { State } from '../state/state.js';

type Words = Readonly<Float64Array>;
const ZEROS: Words = new Float64Array(CHUNK_WORDS);

/** Fields of some frames as a state has them: words by frame, of other frames 0 or nothing. */
export class FrameWords {
  refcount = ZEROS;
  mapcount = ZEROS;
  flags = ZEROS;
  type = ZEROS;
  head = ZEROS;
  order = ZEROS;
  owner = ZEROS;
  ownerId = ZEROS;
  index = ZEROS;
  /** Each field lies in a chunk, as far as anybody asks. */
  private readonly isOneChunk: boolean;
  private readonly copies: readonly Float64Array[];

  /** @param segments starts and ends of runs of frames */
  constructor(
    { memory }: Machine,
    private readonly segments: readonly number[],
  ) {
    this.isOneChunk = memory.count >= CHUNK_WORDS && (segments.at(-1) ?? 0) <= CHUNK_WORDS;
    const length = this.isOneChunk ? 0 : memory.count;
    this.copies = Array.from({ length: 9 }, () => new Float64Array(length));
  }

  /** Reads a state: what is read is true until it changes. */
  follow(state: State): void {
    this.refcount = this.read(state, Frame.refcount, 0);
    this.mapcount = this.read(state, Frame.mapcount, 1);
    this.flags = this.read(state, Frame.flags, 2);
    this.type = this.read(state, Frame.type, 3);
    this.head = this.read(state, Frame.head, 4);
    this.order = this.read(state, Frame.order, 5);
    this.owner = this.read(state, Frame.owner, 6);
    this.ownerId = this.read(state, Frame.ownerId, 7);
    this.index = this.read(state, Frame.index, 8);
  }

  private read(state: State, field: Column, copy: number): Words {
    if (this.isOneChunk) return state.chunk(field, 0) ?? ZEROS;
    const { segments } = this;
    const words = this.copies[copy] as Float64Array;
    for (let i = 0; i < segments.length; i += 2) {
      state.read(field, words, segments[i] as number, segments[i + 1] as number);
    }
    return words;
  }
}
