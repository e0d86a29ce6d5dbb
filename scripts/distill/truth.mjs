// The collector's account of a process, as the fixtures keep it.
import { formatVmFlags, parseVmFlags } from '../../packages/core/dist/index.js';
import { hex } from './json.mjs';

/** The VMAs: flags as smaps' letters, as the kernel's names and as the number they make. */
export function vmasOf(form, process) {
  const shift = BigInt(form.definition.pageShift);
  return process.vmas.map(({ start, end, offset, path, smaps }) => {
    const letters = smaps.VmFlags.trim();
    const flags = parseVmFlags(letters, form.definition);
    if (!flags.ok) throw new Error(flags.problem.message);
    return {
      start: hex(start),
      end: hex(end),
      letters,
      flags: hex(flags.value.flags),
      names: formatVmFlags(flags.value.flags, form.definition),
      pgoff: hex(BigInt(offset) >> shift),
      name: path,
    };
  });
}

/** What the kernel said: pagemap words, verdicts, and what the process planted where. */
export function accountOf(form, truth, process, structPageBytes) {
  const answer = (page) =>
    BigInt(page) === 0n ? null : hex((BigInt(page) - BigInt(truth.vmemmap_base)) / structPageBytes);
  const verdicts = (rows) => rows.map(([at, entry, page]) => [hex(at), hex(entry), answer(page)]);
  return {
    pages: runs(process.pages, 2n ** BigInt(form.definition.pageShift)),
    vmNormalPage: verdicts(process.vm_normal_page),
    vmNormalPagePmd: verdicts(process.vm_normal_page_pmd),
    planted: truth.expectations
      .filter(({ pid, start, end }) => pid === process.pid && BigInt(end) > BigInt(start))
      .map(({ name, start, end, vm_normal_page, what }) => ({
        name,
        start: hex(start),
        end: hex(end),
        verdict: vm_normal_page,
        what,
      })),
  };
}

/** Rows [address, word, count]: `count` neighbouring pages whose present words rise by one. */
function runs(pages, pageBytes) {
  const rows = [];
  for (const [address, word] of pages) {
    const at = BigInt(address);
    const value = BigInt(word);
    const run = rows.at(-1);
    const follows =
      run !== undefined &&
      value >> 63n === 1n &&
      at === run.at + BigInt(run.count) * pageBytes &&
      value === run.word + BigInt(run.count);
    if (follows) run.count++;
    else rows.push({ at, word: value, count: 1 });
  }
  return rows.map(({ at, word, count }) => [hex(at), hex(word), count]);
}
