import { inline } from '../expr/children.js';
import {
  always,
  any,
  both,
  ENTRY,
  type Expr,
  either,
  equal,
  type Test,
  type Word,
  when,
} from '../expr/word.js';
import type { FormDefinition, HelperTable } from './definition.js';
import { type AbsentKind, MARKER_BITS, type MarkerName } from './swap-types.js';

/**
 * A non-present entry without the flags that live beside type and offset: pte_swp_clear_flags(), and
 * what pmd_to_swp_entry() / softleaf_from_pmd() drop. A flag is cleared where it is seen, which is
 * not everywhere where it is set (alpha until 6.18 tests its exclusive flag in an int); where the
 * option is off it is never seen.
 */
export function withoutSwapFlags(own: HelperTable): Word {
  const step = (entry: Word, name: string): Word => {
    const seen = own[`swp_${name}`];
    const cleared = own[`swp_clear_${name}`];
    if (seen === undefined || cleared === undefined) return entry;
    if (seen.op === 'always' && !seen.value) return entry;
    return when(inline(seen as Test, { entry }), inline(cleared as Word, { entry }), entry);
  };
  return ['exclusive', 'soft_dirty', 'uffd_wp'].reduce(step, ENTRY);
}

/** Type and offset as pte_to_swp_entry() / softleaf_from_pte() read them: flags dropped first. */
function swapParts(
  def: FormDefinition,
  level: 'pte' | 'pmd',
  own: HelperTable,
): { type: Word; offset: Word } | undefined {
  const codec = def.swap.codecs[level];
  if (codec === undefined) return undefined;
  const entry = withoutSwapFlags(own);
  return { type: inline(codec.type, { entry }), offset: inline(codec.offset, { entry }) };
}

/**
 * Questions about a non-present entry that the generic headers answer from its type
 * (include/linux/swapops.h until 6.18, leafops.h in 7.2).
 */
export function softleafTests(
  def: FormDefinition,
  level: 'pte' | 'pmd',
  own: HelperTable,
  isSwap: Test,
): Record<string, Expr> {
  const parts = swapParts(def, level, own);
  const isKind = (...kinds: AbsentKind[]): Test => {
    if (parts === undefined) return always(false);
    const tests = kinds.flatMap((kind) => {
      const number = def.swap.types.numbers[kind];
      return number === undefined ? [] : [equal(parts.type, BigInt(number))];
    });
    const [first, ...rest] = tests;
    return first === undefined ? always(false) : both(isSwap, either(first, ...rest));
  };
  const migration = isKind('migration-read', 'migration-read-exclusive', 'migration-write');
  if (level === 'pmd') {
    const devicePrivate =
      def.headers === '7.2' ? isKind('device-private-read', 'device-private-write') : always(false);
    const thp = def.supports.thpMigration;
    const out: Record<string, Expr> = { migration_entry: thp ? migration : always(false) };
    if (def.headers === '7.2') {
      out.device_private_entry = thp ? devicePrivate : always(false);
      out.valid_softleaf = thp ? either(migration, devicePrivate) : always(false);
    }
    return out;
  }
  const marker = isKind('marker');
  const bit = (name: MarkerName): Test =>
    parts === undefined
      ? always(false)
      : both(marker, any(BigInt(MARKER_BITS[name]), parts.offset));
  // Until 6.18 the uffd-wp marker exists only with PTE_MARKER_UFFD_WP; 7.2 always reads it.
  const hasWpMarker = def.headers === '7.2' || def.supports.uffdWp;
  const wpMarker = hasWpMarker ? bit('PTE_MARKER_UFFD_WP') : always(false);
  const wpSwap = both(isSwap, own.swp_uffd_wp as Test);
  const out: Record<string, Expr> = {
    pte_marker: marker,
    marker_uffd_wp: wpMarker,
    uffd_wp_any: def.supports.uffdWp ? either(wpSwap, wpMarker) : always(false),
  };
  if (def.headers === '7.2') {
    out.uffd_marker = either(bit('PTE_MARKER_UFFD_WP'), bit('PTE_MARKER_POISONED'));
  } else {
    out.none_mostly = either(own.none as Test, marker);
  }
  return out;
}
