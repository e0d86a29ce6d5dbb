// Distils one process of a memory dump into a fixture: its page tables and nothing else of its
// memory, what must be known to judge its entries, and the kernel's own account of it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bytesSource, openDump } from '../packages/dump/dist/index.js';
import { openFile } from '../packages/dump/dist/node.js';
import { formNamed } from './distill/forms.mjs';
import { hex, linesOf, parseWide } from './distill/json.mjs';
import { kernelFacts, optionsOf } from './distill/kernel-facts.mjs';
import { elfOf, tablesBelow, userSpan } from './distill/tables.mjs';
import { accountOf, vmasOf } from './distill/truth.mjs';

const HELP = `usage: node scripts/distill-process.mjs --from FOLDER --form FORM --out FOLDER
         [--headers 6.12] [--kernel v6.12] [--comm mapper]

FOLDER holds what a guest left behind, decompressed (zstd -d --long=27): dump.elf, truth.json,
kallsyms, vmcoreinfo.txt, config. The packages must be built. Writes, the same bytes each time:

  tables.elf    ELF core with the page tables of the process's user addresses, no user data
  process.json  root, VMAs, zero pages, highest pfn, where there is a memmap, kernel options
  truth.json    the kernel's account: pagemap words, and what vm_normal_page() answered

example:
  node scripts/distill-process.mjs --from guests/x86_64-6.12 --form x86_64 \\
    --out fixtures/processes/x86_64-6.12`;

/** Largest tables.elf that belongs into a repository. */
const MOST_BYTES = 1_000_000;

const { values: given } = parseArgs({
  options: {
    from: { type: 'string' },
    form: { type: 'string' },
    out: { type: 'string' },
    headers: { type: 'string', default: '6.12' },
    kernel: { type: 'string', default: 'v6.12' },
    comm: { type: 'string', default: 'mapper' },
    help: { type: 'boolean', default: false },
  },
});
if (given.help || !given.from || !given.form || !given.out) {
  console.log(HELP);
  process.exit(given.help ? 0 : 2);
}

const text = (name) => readFileSync(join(given.from, name), 'utf8');
const must = (result) => {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
};

const config = optionsOf(text('config'));
const form = await formNamed(given.form, {
  headers: given.headers,
  devicePrivate: config.DEVICE_PRIVATE,
});
const truth = parseWide(text('truth.json'));
const planter = truth.processes.find(({ comm }) => comm === given.comm);
if (!planter) throw new Error(`no process is called ${given.comm}`);

const file = must(openFile(join(given.from, 'dump.elf')));
const dump = must(openDump(file));
const vmcoreinfo = text('vmcoreinfo.txt');
const sources = { kallsyms: text('kallsyms'), vmcoreinfo, iomem: truth.iomem };
const facts = kernelFacts(form, dump.memory, sources);
const span = userSpan(form);
const tables = tablesBelow(form, dump.memory, BigInt(planter.pgd_phys), span);
file.close();

const elf = elfOf(tables, dump.elf);
if (elf.length > MOST_BYTES) throw new Error(`tables.elf has ${elf.length} bytes`);
const again = must(openDump(bytesSource('tables.elf', elf)));
const found = tablesBelow(form, again.memory, BigInt(planter.pgd_phys), span);
if (found.length !== tables.length) throw new Error('tables.elf does not hold every table');

const described = {
  schema: 'pagewright/process/1',
  guest: truth.guest,
  release: truth.uname.split(' ')[2],
  kernel: given.kernel,
  form: form.name,
  headers: form.headers,
  comm: planter.comm,
  pid: planter.pid,
  root: hex(planter.pgd_phys),
  span: { start: hex(span.start), end: hex(span.end) },
  config,
  ...facts,
  vmas: vmasOf(form, planter),
};
const structPageBytes = BigInt(vmcoreinfo.match(/^SIZE\(page\)=(\d+)$/m)[1]);
const account = {
  schema: 'pagewright/process-truth/1',
  guest: truth.guest,
  pid: planter.pid,
  ...accountOf(form, truth, planter, structPageBytes),
};
mkdirSync(given.out, { recursive: true });
writeFileSync(join(given.out, 'tables.elf'), elf);
writeFileSync(join(given.out, 'process.json'), linesOf(described));
writeFileSync(join(given.out, 'truth.json'), linesOf(account));
console.log(
  `${given.out}: ${tables.length} tables, ${elf.length} bytes; ${planter.vmas.length} VMAs; ` +
    `${account.pages.length} runs of pages, ${account.vmNormalPage.length} and ` +
    `${account.vmNormalPagePmd.length} verdicts`,
);
