import { CAPABILITY_WORDS, capabilitiesOf, type FormCapabilities } from '@pagewright/conformance';
import { type ArchBackend, ok, type Result } from '@pagewright/core';
import { type Document, span } from '@pagewright/report';

/** Every form in every generation, as a document. */
export function capabilitiesDocument(backends: readonly ArchBackend[]): Result<Document> {
  const forms: FormCapabilities[] = [];
  for (const backend of backends) {
    for (const { name, headers } of backend.forms) {
      for (const generation of headers) {
        const form = backend.form(name, { headers: generation });
        if (!form.ok) return form;
        forms.push(capabilitiesOf(form.value));
      }
    }
  }
  return ok(documentOf(forms));
}

/** Heads of the table's narrow columns. */
const HEADS: Readonly<Record<string, string>> = {
  softDirty: 'sd',
  uffdWp: 'wp',
  devmap: 'dm',
  protnone: 'pn',
  transparentHugepage: 'th',
  pudTransparentHugepage: 'tp',
  thpMigration: 'mi',
  gupFast: 'gf',
  shadowStack: 'ss',
  pgtableDeposit: 'de',
};

function documentOf(forms: readonly FormCapabilities[]): Document {
  const names = Object.keys(forms[0]?.supports ?? {});
  const heads = names.map((name) => HEADS[name] ?? name);
  const rows = forms.map((form) => [
    form.form,
    form.headers,
    `${form.pageBytes / 1024}K`,
    `${form.addressBits}`,
    `${form.levels.length}`,
    form.maps.map((level) => (form.special.includes(level) ? `${level}*` : level)).join(' '),
    ...names.map((name) => (form.supports[name] ? 'y' : span('-', 'dim'))),
  ]);
  const columns = ['form', 'headers', 'page', 'bits', 'levels', 'maps', ...heads];
  const words = names.map((name, i) => `${heads[i]} ${CAPABILITY_WORDS[name] ?? name}`);
  const legend = `bits: of virtual address. maps: levels that may map memory, * with a special mark that works. ${words.join(', ')}.`;
  return {
    title: 'Forms',
    blocks: [
      { kind: 'table', columns: columns.map((title) => ({ title })), rows },
      { kind: 'note', tone: 'dim', text: legend },
    ],
    data: { schema: 'pagewright/matrix/1', forms },
  };
}
