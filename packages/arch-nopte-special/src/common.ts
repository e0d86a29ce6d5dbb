import {
  and,
  any,
  arg,
  type BitField,
  type BitTable,
  clear,
  ENTRY,
  type FormDefinition,
  fieldMask,
  type HelperTable,
  type LeafCodec,
  or,
  type Permissions,
  PFN,
  PROT,
  type Supports,
  type SwapCodec,
  type SwapFormat,
  set,
  shl,
  shr,
  swapTypes,
  type Word,
} from '@pagewright/core';

/** None of the optional features exists on these architectures. */
export const supportsNothing: Supports = {
  softDirty: false,
  uffdWp: false,
  devmap: false,
  protnone: false,
  transparentHugepage: false,
  pudTransparentHugepage: false,
  thpMigration: false,
  gupFast: false,
  shadowStack: false,
  pgtableDeposit: false,
};

/** Flags of VMAs that need what these architectures lack are VM_NONE (include/linux/mm.h). */
export const lackingVmFlags: Readonly<Record<string, bigint>> = {
  VM_SOFTDIRTY: 0n,
  VM_UFFD_MINOR: 0n,
};

/** A field by name; a name that the table lacks is our own mistake. */
export function fieldOf(bits: BitTable, name: string): BitField {
  const found = bits.find((field) => field.name === name);
  if (found === undefined) throw new Error(`bit table has no field "${name}"`);
  return found;
}

/** How a frame lies in an entry: one field that holds the pfn and nothing else. */
export interface FrameCodec {
  readonly pfn: Word;
  /** pfn_pte() and its like: the frame beside a protection, neither masked. */
  readonly built: Word;
  readonly leaf: (permissions: Permissions) => LeafCodec;
}

/** Reads and writes the frame field. */
export function frameCodec(frame: BitField): FrameCodec {
  const placed = shl(PFN, frame.low);
  return {
    pfn: shr(and(ENTRY, fieldMask(frame)), frame.low),
    built: or(placed, PROT),
    leaf: (permissions) => ({
      attributes: clear(ENTRY, fieldMask(frame)),
      compose: or(placed, ENTRY),
      permissions,
    }),
  };
}

/** The bits that say accessed and dirty: which one is asked, and which ones change with it. */
export interface AgeBits {
  readonly young: bigint;
  readonly accessBits: bigint;
  readonly dirty: bigint;
  readonly dirtyBits: bigint;
}

/** young, dirty and the four transforms of them. */
export const ageHelpers = ({ young, accessBits, dirty, dirtyBits }: AgeBits): HelperTable => ({
  young: any(young),
  mkold: clear(ENTRY, accessBits),
  mkyoung: set(ENTRY, accessBits),
  dirty: any(dirty),
  mkclean: clear(ENTRY, dirtyBits),
  mkdirty: set(ENTRY, dirtyBits),
});

/** pte_modify(): what `kept` (_PAGE_CHG_MASK) covers stays, all else is the new protection. */
export const modifyKeeping = (kept: bigint): Word => or(and(ENTRY, kept), PROT);

/** The exclusive mark of a swap entry. */
export const swapExclusive = (mask: bigint): HelperTable => ({
  swp_exclusive: any(mask),
  swp_mkexclusive: set(ENTRY, mask),
  swp_clear_exclusive: clear(ENTRY, mask),
});

/** pgprot_*() where the architecture has no memory types: the protection as it is. */
export const plainProtections: HelperTable = {
  pgprot_noncached: PROT,
  pgprot_writecombine: PROT,
  pgprot_device: PROT,
  pgprot_decrypted: PROT,
  pgprot_encrypted: PROT,
};

/**
 * Bits above SWP_TYPE_SHIFT in the generic swp_entry_t: five for the type, and the one that the
 * values of an xarray cannot use, which swp_type() reads all the same.
 */
const GENERIC_TYPE_BITS = 6n;

/**
 * Swap entries over the fields `__swp_type` and `__swp_offset`. Neither DEVICE_PRIVATE nor
 * MEMORY_FAILURE can be configured here, so the numbers of the types never move.
 */
export function swapFormat(
  bits: BitTable,
  { headers, wordBits, pageShift }: Pick<FormDefinition, 'headers' | 'wordBits' | 'pageShift'>,
): SwapFormat {
  const type = fieldOf(bits, '__swp_type');
  const offset = fieldOf(bits, '__swp_offset');
  const genericType = (1n << GENERIC_TYPE_BITS) - 1n;
  const codec: SwapCodec = {
    // A field wider than the generic swp_entry_t's loses its highest bit on the way there.
    type: and(shr(and(ENTRY, fieldMask(type)), type.low), genericType),
    offset: shr(and(ENTRY, fieldMask(offset)), offset.low),
    make: or(and(shl(arg('type'), type.low), fieldMask(type)), shl(arg('offset'), offset.low)),
  };
  return {
    types: swapTypes(headers, { devicePrivate: false, memoryFailure: false }),
    codecs: { pte: codec },
    pfnBits: wordBits - pageShift,
    typeShift: wordBits - Number(GENERIC_TYPE_BITS),
    migrationAgeBits: false,
    constants: {},
  };
}

/** Protections of a machine that cannot forbid execution: four of them fill the map of 16. */
export interface FourProtections {
  readonly PAGE_NONE: bigint;
  readonly PAGE_READONLY: bigint;
  readonly PAGE_COPY: bigint;
  readonly PAGE_SHARED: bigint;
}

/** protection_map[] of such a machine, by VM_READ 1, VM_WRITE 2, VM_EXEC 4, VM_SHARED 8. */
export const mapOfFour = (p: FourProtections): readonly bigint[] =>
  Array.from({ length: 16 }, (_, index) => {
    if ((index & 7) === 0) return p.PAGE_NONE;
    if ((index & 2) === 0) return p.PAGE_READONLY;
    return (index & 8) === 0 ? p.PAGE_COPY : p.PAGE_SHARED;
  });
