import type { Random } from './fuzz-random.js';

/** A word where damage hurts, and which words are worth writing there. */
export interface Target {
  readonly bytes: Uint8Array;
  readonly little: boolean;
  /** Offsets that structures, tables and texts begin at. */
  readonly places: readonly number[];
  /** Addresses and entries that mean something in this memory. */
  readonly words: readonly bigint[];
}

const ODD_WORDS = [
  0n,
  1n,
  2n,
  0x7fn,
  0xffn,
  0xfffn,
  0x1000n,
  0xffffn,
  0x7fff_ffffn,
  0xffff_ffffn,
  1n << 32n,
  1n << 47n,
  0x7fff_ffff_f000n,
  1n << 63n,
  0xffff_ffff_ffff_ffffn,
  0xffff_ffff_ffff_f000n,
  0x4141_4141_4141_4141n,
  0xdead_0000_0000_0100n,
];

/** Fewer bytes are a blob, in which a table would take everything. */
const SMALLEST_WITH_TABLES = 1 << 16;

type Damage = (target: Target, random: Random) => void;

const view = ({ bytes }: Target) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** A word near a place, or anywhere. */
function wordAt({ bytes, places }: Target, random: Random): number {
  const near = random.pick(places) + 8 * random.below(random.once(4) ? 512 : 48);
  const at = random.once(8) ? random.below(bytes.length) : near;
  return Math.max(0, Math.min(at - (at % 8), bytes.length - 8));
}

const write = (target: Target, at: number, value: bigint) =>
  view(target).setBigUint64(at, BigInt.asUintN(64, value), target.little);
const read = (target: Target, at: number) => view(target).getBigUint64(at, target.little);

function oddWord(target: Target, random: Random): bigint {
  switch (random.below(5)) {
    case 0:
      return random.pick(ODD_WORDS);
    case 1:
      return random.u64();
    case 2:
      return random.pick(target.words) + BigInt(random.below(33) - 16);
    case 3:
      return read(target, wordAt(target, random));
    default:
      return random.pick(target.words);
  }
}

const DAMAGES: readonly Damage[] = [
  // One bit of a word.
  (target, random) => {
    const at = wordAt(target, random);
    write(target, at, read(target, at) ^ (1n << BigInt(random.below(64))));
  },
  (target, random) => write(target, wordAt(target, random), oddWord(target, random)),
  // Half a word: numbers of 32 bits.
  (target, random) => {
    const at = wordAt(target, random) + 4 * random.below(2);
    view(target).setUint32(at, Number(BigInt.asUintN(32, oddWord(target, random))), target.little);
  },
  // A structure over another one, itself included.
  (target, random) => {
    const [from, to] = [wordAt(target, random), wordAt(target, random)];
    const length = random.pick([8, 16, 64, 256, 4096]);
    target.bytes.copyWithin(to, from, Math.min(from + length, target.bytes.length));
  },
  // All entries of a table say the same.
  (target, random) => {
    if (target.bytes.length < SMALLEST_WITH_TABLES) return;
    const table = Math.floor(random.pick(target.places) / 4096) * 4096;
    const entry = random.once(2) ? random.pick(target.words) : read(target, wordAt(target, random));
    const end = Math.min(table + 4096, target.bytes.length - 7);
    for (let at = table; at < end; at += 8) {
      write(target, at, entry);
    }
  },
  // A place that points to itself or to its neighbour.
  (target, random) => {
    const at = wordAt(target, random);
    const near = target.words.find((word) => (word & 0xffffn) === (BigInt(at) & 0xffffn));
    write(target, at, near ?? oddWord(target, random));
  },
  // Text over binary data.
  (target, random) => {
    const at = wordAt(target, random);
    const text = new TextEncoder().encode('\u001b[31m/proc/self/\n{"a":1}OSRELEASE=');
    target.bytes.set(text.subarray(0, Math.min(text.length, target.bytes.length - at)), at);
  },
  // Nothing at all.
  (target, random) => {
    const at = wordAt(target, random);
    target.bytes.fill(random.pick([0, 0xff]), at, at + random.pick([8, 64, 512, 4096]));
  },
];

/** Damages memory in one to six ways. */
export function damage(target: Target, random: Random): void {
  for (let left = 1 + random.below(6); left > 0; left--) random.pick(DAMAGES)(target, random);
}

/** Damages bytes near the places that a file's headers begin at, and sometimes cuts the file. */
export function damageFile(file: Uint8Array, random: Random): Uint8Array {
  const bytes = file.slice();
  for (let left = random.below(6); left > 0; left--) {
    const start = random.pick([0, 0, 0, 64, 120, 424, 4096, 8192, 12288, 16384, bytes.length - 64]);
    const at = Math.max(0, Math.min(bytes.length - 8, start + random.below(160)));
    if (random.once(2)) bytes[at] = random.u32();
    else {
      const value = BigInt.asUintN(64, random.pick(ODD_WORDS));
      new DataView(bytes.buffer).setBigUint64(at, value, random.once(2));
    }
  }
  return random.once(4) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
}

/** Changes a text in a few places: digits, whole lines, numbers that are too long. */
export function damageText(text: string, random: Random): string {
  let lines = text.split('\n');
  for (let left = 1 + random.below(4); left > 0; left--) {
    const at = random.below(lines.length);
    const line = lines[at] as string;
    const place = random.below(line.length + 1);
    switch (random.below(6)) {
      case 0:
        lines.splice(at, 1);
        break;
      case 1:
        lines[at] =
          `${line.slice(0, place)}${random.pick([...'0123456789abcdefx-=()\0'])}${line.slice(place + 1)}`;
        break;
      case 2:
        lines[at] = line.replace(
          /=.*/,
          `=${random.pick(['0', '1', '-1', 'f'.repeat(16), '9'.repeat(15), '0x7fffffffffffffff', '4096', '65536', '64'])}`,
        );
        break;
      case 3:
        lines.push(lines[random.below(lines.length)] as string);
        break;
      case 4:
        lines[at] = line.replace(
          /=.*/,
          (lines[random.below(lines.length)] as string).replace(/^[^=]*/, ''),
        );
        break;
      default:
        lines = random.once(10) ? lines.slice(0, at + 1) : lines;
    }
    if (lines.length === 0) lines = [''];
  }
  return lines.join('\n');
}
