import {
  and,
  any,
  clear,
  ENTRY,
  type HelperTable,
  or,
  PROT,
  set,
  type Word,
} from '@pagewright/core';

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

/** pgprot_*() where the architecture has no memory types: the protection as it is. */
export const plainProtections: HelperTable = {
  pgprot_noncached: PROT,
  pgprot_writecombine: PROT,
  pgprot_device: PROT,
  pgprot_decrypted: PROT,
  pgprot_encrypted: PROT,
};
