import { SERIES } from '../kernel/series.js';

/** The exact tree that each revision was checked against (decisions; SPEC 0.3, SPEC-7.2). */
export const REVISION_TREES: Readonly<Record<string, string>> = {
  'v5.18': 'esuoyanyu/kernel-5.18, folder common/ (5.18.12)',
  'v6.1': 'Debian linux-source-6.1, 6.1.192 (with stable backports)',
  'v6.9': 'ec-jt/linux-6.9.0',
  'v6.12': 'Debian linux-source-6.12, 6.12.117 (with stable backports)',
  'v6.17': 'busysteve/linux-6.17.0-rust-ported-c (mm/memory.c is git blob 0ba4f6b71847)',
  'v6.18': 'gfunkmonk/linux-6.18.2',
  'v6.18-fixed': 'RBCSFQ/linux-6.18.y (6.18.35)',
  'v7.2': 'Debian linux-source-7.2, 7.2.13',
  'rfc-2025-06/0': 'busysteve/linux-6.17.0-rust-ported-c with patch 9 reverted',
  'rmap-log/0': 'v5.18',
  'zeropage-v1/0': 'v6.9',
  'zeropage-v2/0': 'v6.9 with the two differences of 6.10-rc1 in SPEC 23.5',
  'dax-v6/0': 'next-20241216, read as perishh/linux-6.14 and ChenRuiwei/linux-6.13.7 (SPEC 23.1)',
  ...Object.fromEntries(
    SERIES.flatMap(({ name, states }) =>
      states
        .slice(1)
        .map((state, i) => [
          `${name}/${state.name}`,
          `${name}/${states[i]?.name} and its patch applied, as mailed or committed`,
        ]),
    ),
  ),
};
