import { expect, test } from 'vitest';
import { diagnosed } from './diagnoses.js';

const map = (pte: string, addr: string): string =>
  `BUG: Bad page map in process p  pte:${pte} pmd:12345067\naddr:${addr} vm_flags:00100073 anon_vma:ffff888012345678 mapping:0000000000000000 index:1\nfile:(null) fault:0x0 mmap:0x0 read_folio:0x0\n`;
const MACHINE = 'CPU: 1 PID: 9 Comm: p Not tainted 6.12.3 #1\nRIP: 0033:0x7f1122334000\n';

const rulesFor = (log: string, finding: string): readonly string[] =>
  diagnosed(log + MACHINE)
    .diagnoses.filter((each) => each.finding === finding)
    .flatMap(({ because }) => because.map(({ rule, speaks }) => `${speaks} ${rule}`));

test('a single bit in one entry is a flip, in a table of wrong entries it is not', () => {
  const one = map('0000004000000000', '00007f1122334000');
  const others =
    map('1111222233334444', '00007f1122335000') + map('9876543212345678', '00007f1122336000');
  expect(diagnosed(one + MACHINE).diagnoses[0]?.finding).toBe('bit-flip');
  expect(rulesFor(one + others, 'bit-flip')).toContain('against neighbours-wrong-too');
});

test('wrong entries at the start of a table come from the page before', () => {
  const log = map('00f1e2d3c4b5a697', '00007f1122201000');
  expect(rulesFor(log, 'stray-entry')).toContain('for first-slots');
  expect(rulesFor(log.replace('22201000', '22301000'), 'stray-entry')).not.toContain(
    'for first-slots',
  );
});

test('a slab page that another report shows is the table', () => {
  const log = `page:0 refcount:1 mapcount:0 mapping:0 index:0x0 pfn:0x12345\nflags: 0x200(slab|zone=0)\n${map('00f1e2d3c4b5a697', '00007f1122334000')}`;
  expect(rulesFor(log, 'table-is-slab')).toContain('for table-named-as-slab');
  expect(rulesFor(log.replace('0x12345', '0x54321'), 'table-is-slab')).toEqual([]);
});
