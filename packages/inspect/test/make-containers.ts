import { makeElf } from '../../dump/test/make-elf.js';
import { inChunks, makeFlattened } from '../../dump/test/make-flattened.js';
import { makeKdump } from '../../dump/test/make-kdump.js';
import { makeLime } from '../../dump/test/make-lime.js';
import type { MadeImage } from './make-image.js';

/** A form in which a dump of a made image can be stored, and its files. */
export type MadeContainer = (image: MadeImage) => readonly Uint8Array[];

/** Pages by frame, as a kdump stores them. */
function pagesOf(image: MadeImage): ReadonlyMap<number, Uint8Array> {
  const bytes = image.memory();
  const first = Number(image.machine.addresses.memory) / image.pageBytes;
  return new Map(
    Array.from({ length: bytes.length / image.pageBytes }, (_, i) => [
      first + i,
      bytes.subarray(i * image.pageBytes, (i + 1) * image.pageBytes),
    ]),
  );
}

const kdump = (image: MadeImage, more: Partial<Parameters<typeof makeKdump>[0]> = {}) =>
  makeKdump({
    pages: pagesOf(image),
    byteOrder: image.form.definition.byteOrder,
    blockSize: image.pageBytes,
    vmcoreinfo: image.vmcoreinfo,
    ...more,
  });
const ranges = (image: MadeImage) => [
  { physical: image.machine.addresses.memory, bytes: image.memory() },
];

/** Note of VMCOREINFO, as /proc/vmcore has it. */
function note(text: string, little: boolean): Uint8Array {
  const name = new TextEncoder().encode('VMCOREINFO\0\0');
  const content = new TextEncoder().encode(text);
  const out = new Uint8Array(12 + name.length + Math.ceil(content.length / 4) * 4);
  const view = new DataView(out.buffer);
  view.setUint32(0, 11, little);
  view.setUint32(4, content.length, little);
  out.set(name, 12);
  out.set(content, 12 + name.length);
  return out;
}

/** Containers by name; a raw image must be opened with the machine's first address. */
export const CONTAINERS = {
  ELF: (image) => [image.elf()],
  'ELF with a note': (image) => {
    const { byteOrder } = image.form.definition;
    const noted = { physical: 0n, type: 4, bytes: note(image.vmcoreinfo, byteOrder === 'little') };
    const segments = [noted, ...ranges(image)];
    return [makeElf({ machine: image.machine.elfMachine, byteOrder, segments })];
  },
  'kdump, stored': (image) => kdump(image),
  'kdump, zlib': (image) => kdump(image, { compression: 'zlib' }),
  'kdump, lzo': (image) => kdump(image, { compression: 'lzo' }),
  'kdump, snappy': (image) => kdump(image, { compression: 'snappy' }),
  'kdump, zstd': (image) => kdump(image, { compression: 'zstd' }),
  'kdump without VMCOREINFO': (image) => kdump(image, { vmcoreinfo: '' }),
  'kdump, split': (image) => {
    const frame = Number(image.machine.addresses.memory) / image.pageBytes;
    return kdump(image, { splitAt: [frame + 9], compression: 'zlib' });
  },
  'kdump, flattened': (image) => [
    makeFlattened(inChunks(kdump(image, { compression: 'zlib' })[0] as Uint8Array, 3000)),
  ],
  'ELF, flattened': (image) => [makeFlattened(inChunks(image.elf(), 50_000))],
  LiME: (image) => [makeLime(ranges(image), image.form.definition.byteOrder)],
  raw: (image) => [image.memory()],
} as const satisfies Readonly<Record<string, MadeContainer>>;
export type ContainerName = keyof typeof CONTAINERS;
