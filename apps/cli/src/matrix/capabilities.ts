import { CAPABILITY_WORDS, capabilitiesOf, type FormCapabilities } from '@pagewright/conformance';
import { type ArchBackend, ok, type Result, type Supports } from '@pagewright/core';
import type { AnswerDocument } from '../outputs/output.js';

/** Every form in every generation, as a document. */
export function capabilitiesDocument(backends: readonly ArchBackend[]): Result<AnswerDocument> {
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

/** A letter for each feature, in the order of the table. */
const LETTERS: Readonly<Record<keyof Supports, string>> = {
  softDirty: 's',
  uffdWp: 'u',
  devmap: 'd',
  protnone: 'p',
  transparentHugepage: 't',
  pudTransparentHugepage: 'T',
  thpMigration: 'm',
  gupFast: 'g',
  shadowStack: 'k',
  pgtableDeposit: 'e',
};

/** The letters of the features that a form has, with `-` for each that it lacks. */
const featuresOf = ({ supports }: FormCapabilities): string =>
  Object.entries(LETTERS)
    .map(([name, letter]) => (supports[name] === true ? letter : '-'))
    .join('');

function documentOf(forms: readonly FormCapabilities[]): AnswerDocument {
  const rows = forms.map((form) => [
    form.form,
    form.headers,
    `${form.pageBytes / 1024}K`,
    `${form.addressBits}`,
    `${form.levels.length}`,
    form.maps.map((level) => (form.special.includes(level) ? `${level}*` : level)).join(' '),
    featuresOf(form),
  ]);
  const columns = ['form', 'headers', 'page', 'bits', 'levels', 'maps', 'features'];
  const features = Object.entries(LETTERS).map(
    ([name, letter]) => `${letter} ${CAPABILITY_WORDS[name] ?? name}`,
  );
  const legend =
    'bits: of virtual address. maps: levels that may map memory, * with a special mark that ' +
    `works. features: ${features.join(', ')}.`;
  return {
    title: 'Forms',
    blocks: [
      { kind: 'table', columns: columns.map((title) => ({ title })), rows },
      { kind: 'note', tone: 'dim', text: legend },
    ],
    data: { schema: 'pagewright/matrix/1', forms },
  };
}
