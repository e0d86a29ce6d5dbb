import { expect, test } from 'vitest';
import { inferArch } from '../src/arch/infer.js';
import { findRelease, revisionOf } from '../src/arch/release.js';
import { Region } from '../src/log/region.js';
import { readReports } from '../src/read/reports.js';
import { knownReports, mended } from './reports.js';

const inferred = knownReports.map(({ id, arch, log }) => {
  const text = mended(log);
  const region = new Region(text, 0, text.text.length);
  return { id, arch, found: inferArch(region, readReports(text)) };
});

test('no report is taken for one of another architecture', () => {
  const wrong = inferred.filter(
    ({ arch, found }) => found.arch !== 'unknown' && found.arch !== arch,
  );
  expect(wrong.map(({ id, found }) => [id, found.arch])).toEqual([]);
});

test('those without a sign, or with signs of two, are these', () => {
  const undecided = inferred.filter(({ found }) => found.arch === 'unknown');
  expect(undecided.map(({ id, found }) => [id, found.candidates.length])).toMatchSnapshot();
});

test('each candidate says why and where', () => {
  for (const { found } of inferred) {
    for (const { grounds, weight } of found.candidates) {
      // Only where nothing tells, all that are possible are listed, with no weight.
      expect(weight > 0).toBe(found.arch !== 'unknown' || weight > 0);
      for (const { ground, at } of grounds) {
        expect(ground).not.toBe('');
        expect(at.line).toBeGreaterThan(0);
      }
    }
  }
});

test('a release stands for the nearest revision before it', () => {
  const text = mended('CPU: 1 PID: 9 Comm: a Tainted: G    B   W   6.0.9-gentoo #1');
  const release = findRelease(new Region(text, 0, text.text.length));
  expect(release?.value).toBe('6.0.9-gentoo');
  expect(
    ['2.6.32', '5.18.12', '5.19', '6.8.0', '6.10', '6.12.3', '6.17.0-rc4', '6.18', '7.1'].map(
      revisionOf,
    ),
  ).toEqual(['v5.18', 'v5.18', 'v6.1', 'v6.1', 'v6.9', 'v6.12', 'v6.17', 'v6.18', 'v7.2']);
  expect(revisionOf('next-20230130')).toBeUndefined();
});

test.each([
  ['x86_64', ' <TASK>\npage:ffffea0000000000 refcount:1\nraw: 0017ffffc0020819 dead000000000100'],
  ['x86_64', 'CR2: 00007f0000000000 CR3: 0000000100000000'],
  ['i386', 'CR2: b7f00000 CR3: 01000000'],
  ['arm64', 'pc : do_wp_page+0x10/0x20\nlr : handle_mm_fault+0x1/0x2'],
  ['arm32', '[<c0008000>] (ret_fast_syscall) from [<00000000>]'],
  ['riscv64', 'epc : do_wp_page+0x10/0x20'],
  ['s390x', ' [<000003ffe0123456>] show_stack+0x1/0x2'],
  ['ppc64le', 'LE PAGE_SIZE=64K MMU=Radix SMP NR_CPUS=2048 NUMA pSeries'],
  ['mips32', '$ 0   : 00000000 00000001 80000000 00000000'],
  ['mips64', '$ 0   : 0000000000000000 0000000000000001'],
  ['sparc64', '[00000000004061d4] linux_sparc_syscall+0x34/0x44'],
  ['parisc', ' [<0000000040123456>] show_stack+0x1/0x2'],
  ['loongarch64', 'pc 9000000000223344 ra 9000000000223300 tp 9000000100000000'],
  ['alpha', 'pc = [<fffffc0000312345>]  ra = [<fffffc0000312300>]  ps = 0000'],
  ['sh', ' [<8c012345>] show_stack+0x1/0x2\n[<8c012345>] (do_exit)'],
])('%s is known by %j', (arch, lines) => {
  const text = mended(`BUG: Bad page state in process a  pfn:1\npage dumped because: x\n${lines}`);
  const region = new Region(text, 0, text.text.length);
  expect(inferArch(region, readReports(text)).arch).toBe(arch);
});
