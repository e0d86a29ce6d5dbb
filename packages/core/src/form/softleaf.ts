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
} from '../expr/word.js';
import type { FormDefinition, HelperTable } from './definition.js';
import { type AbsentKind, MARKER_BITS, type MarkerName } from './swap-types.js';

/** Type and offset as pte_to_swp_entry() / softleaf_from_pte() read them: flags dropped first. */
function swapParts(
  def: FormDefinition,
  level: 'pte' | 'pmd',
  clearFlags: Word,
): { type: Word; offset: Word } | undefined {
  const codec = def.swap.codecs[level];
  if (codec === undefined) return undefined;
  return {
    type: inline(codec.type, { entry: clearFlags }),
    offset: inline(codec.offset, { entry: clearFlags }),
  };
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
  const drop = ['exclusive', 'soft_dirty', 'uffd_wp'].reduce<Word>((entry, name) => {
    const clear = own[`swp_clear_${name}`] as Word | undefined;
    return clear === undefined ? entry : inline(clear, { entry });
  }, ENTRY);
  const parts = swapParts(def, level, drop);
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
