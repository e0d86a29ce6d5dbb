import { RFC_2025_06_CHANGES } from '../kernel/changes-rfc-2025-06.js';

/** The exact tree that each revision was checked against (decisions; SPEC 0.3, SPEC-7.2). */
export const REVISION_TREES: Readonly<Record<string, string>> = {
  'v6.1': 'Debian linux-source-6.1, 6.1.192 (with stable backports)',
  'v6.9': 'ec-jt/linux-6.9.0',
  'v6.12': 'Debian linux-source-6.12, 6.12.117 (with stable backports)',
  'v6.17': 'busysteve/linux-6.17.0-rust-ported-c (mm/memory.c is git blob 0ba4f6b71847)',
  'v6.18': 'gfunkmonk/linux-6.18.2',
  'v6.18-fixed': 'RBCSFQ/linux-6.18.y (6.18.35)',
  'v7.2': 'Debian linux-source-7.2, 7.2.13',
  'rfc-2025-06/0': 'busysteve/linux-6.17.0-rust-ported-c with patch 9 reverted',
  ...Object.fromEntries(
    Object.keys(RFC_2025_06_CHANGES).map((_, i) => [
      `rfc-2025-06/${i + 1}`,
      `rfc-2025-06/0 with patches 1 to ${i + 1} of the mail thread applied`,
    ]),
  ),
};
