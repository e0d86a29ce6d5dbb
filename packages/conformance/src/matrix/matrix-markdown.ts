import type { EntryForm } from '@pagewright/core';
import { bitTablesMarkdown } from './bit-tables.js';
import { CAPABILITY_WORDS, capabilitiesOf, type FormCapabilities } from './capabilities.js';
import { formulasMarkdown } from './formulas.js';
import { grouped, table } from './markdown.js';

/**
 * docs/matrix.md: what each form can do, its swap types, and architecture by architecture the bit
 * tables and how each helper is computed. A pure function of the forms.
 */
export function matrixMarkdown(forms: readonly EntryForm[]): string {
  const capabilities = forms.map(capabilitiesOf);
  return [
    '# Forms and what they can do',
    '',
    'Generated from the forms by `node scripts/docs.mjs`; do not edit.',
    '',
    ...formsTable(capabilities),
    '## Swap types',
    '',
    'Numbers of the non-swap types by configuration; lower types are swap files.',
    '',
    ...swapTable(capabilities),
    ...[...grouped(forms, ({ arch }) => arch)].flatMap(([arch, of]) => [
      `## ${arch}: bits`,
      '',
      ...bitTablesMarkdown(of),
      `## ${arch}: helpers`,
      '',
      ...formulasMarkdown(of),
    ]),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function formsTable(forms: readonly FormCapabilities[]): string[] {
  const names = Object.keys(forms[0]?.supports ?? {});
  const rows = forms.map((form) => [
    form.form,
    form.headers,
    form.summary,
    `${form.pageBytes / 1024}K`,
    `${form.addressBits}`,
    form.levels.join(' '),
    form.maps.join(' '),
    form.special.join(' ') || '-',
    ...names.map((name) => (form.supports[name] ? 'yes' : '-')),
  ]);
  const head = ['form', 'headers', 'what', 'page', 'address bits', 'levels', 'maps', 'special'];
  return table([...head, ...names.map((name) => CAPABILITY_WORDS[name] ?? name)], rows);
}

function swapTable(forms: readonly FormCapabilities[]): string[] {
  const kinds = [...new Set(forms.flatMap(({ swapTypes }) => Object.keys(swapTypes)))];
  const numbers = (form: FormCapabilities): string[] =>
    kinds.map((kind) => `${form.swapTypes[kind] ?? '-'}`);
  const same = grouped(forms, (form) => numbers(form).join(' '));
  const rows = [...same.values()].map((sharing) => [
    sharing.map(({ form, headers }) => `${form} ${headers}`).join(', '),
    ...(sharing[0] === undefined ? [] : numbers(sharing[0])),
  ]);
  return table(['forms', ...kinds], rows);
}
