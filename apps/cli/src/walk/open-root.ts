import {
  type ArchBackend,
  decodeEntry,
  type EntryForm,
  entryAt,
  fail,
  hex,
  ok,
  type PhysAddr,
  type PhysicalMemory,
  physAddr,
  type Result,
  readTable,
  rootLevel,
  tableBytes,
  tableLevels,
} from '@pagewright/core';

/**
 * Checks a root table before it is walked. Codes: `bad-root` for an address that no table can have,
 * those of reading for a root outside the dump.
 */
export function checkedRoot(
  form: EntryForm,
  memory: PhysicalMemory,
  address: bigint,
): Result<PhysAddr> {
  const geometry = rootLevel(form);
  const alignment = Math.min(tableBytes(form, geometry), 2 ** form.definition.pageShift);
  const low = address & BigInt(alignment - 1);
  if (low !== 0n) {
    const hint =
      'a register that holds the root keeps flags in its low bits, which must be cleared';
    const message = `root ${hex(address)} is not aligned to ${alignment} bytes (${hint})`;
    return fail('bad-root', message, { root: address, alignment });
  }
  const root = physAddr(address);
  const table = readTable(form, memory, geometry, root);
  return table.ok ? ok(root) : table;
}

/**
 * Other forms of the architecture as which the entries of a root table make sense, when they make
 * none in the form that was asked for: so many levels are seldom guessed right at first.
 */
export function fittingForms(
  backend: ArchBackend,
  form: EntryForm,
  memory: PhysicalMemory,
  root: PhysAddr,
): readonly string[] {
  if (makesSense(form, memory, root)) return [];
  return backend.forms
    .filter(({ name, headers }) => name !== form.name && headers.includes(form.headers))
    .map(({ name }) => name)
    .filter((name) => {
      const other = backend.form(name, { headers: form.headers });
      return other.ok && makesSense(other.value, memory, root);
    });
}

/** Some entry of the table points to a table in the dump, and none is invalid. */
function makesSense(form: EntryForm, memory: PhysicalMemory, root: PhysAddr): boolean {
  const [geometry, below] = tableLevels(form);
  if (geometry === undefined || below === undefined) return false;
  const table = readTable(form, memory, geometry, root);
  if (!table.ok) return false;
  let tables = 0;
  const entries = 2 ** geometry.indexBits;
  for (let index = 0; index < entries; index++) {
    const decoded = decodeEntry(form, geometry.level, entryAt(form, table.value, index));
    if (decoded.kind === 'none') continue;
    if (decoded.kind !== 'table') return false;
    if (readTable(form, memory, below, decoded.next).ok) tables++;
  }
  return tables > 0;
}
