import { expect, test } from 'vitest';
import { AreaReader, addressSpace, tasks } from '../src/index.js';
import { dentry, file, madeUpEntry, mount, process } from './make-files.js';
import { MadeKernel } from './make-kernel.js';

/** Areas of the only process. */
function areas(made: MadeKernel) {
  const kernel = made.opened();
  const list = tasks(kernel);
  const mm = list.ok ? list.value.tasks[0]?.mm : undefined;
  if (mm === undefined) throw new Error('no process');
  const space = addressSpace(kernel, mm);
  if (!space.ok) throw new Error(space.problem.message);
  const found = new AreaReader(kernel).areas(space.value);
  if (!found.ok) throw new Error(found.problem.message);
  return found.value;
}
const at = (page: number, more = {}) => {
  const vm_start = BigInt(page) * 0x1000n;
  return { vm_start, vm_end: vm_start + 0x1000n, ...more };
};

/** Name of an area of a file that `make` makes. */
function nameOf(make: (made: MadeKernel) => bigint) {
  const made = new MadeKernel();
  process(made, [at(1, { vm_file: make(made) })]);
  return areas(made).areas[0]?.name;
}

test('paths across mounts, as the first process sees them', () => {
  const made = new MadeKernel();
  const top = dentry(made, '/');
  const topMount = mount(made, top);
  const chroot = dentry(made, 'chroot', top);
  const mnt = dentry(made, 'mnt', chroot);
  const disk = dentry(made, '/');
  const diskMount = mount(made, disk, topMount, mnt);
  const lib = dentry(made, 'lib', disk);
  const inode = 4711n;
  const open = file(made, diskMount, dentry(made, 'a\nb.so', lib), inode);
  process(made, [at(3, { vm_file: open, vm_pgoff: 5n })], {}, { mount: topMount, dentry: chroot });
  expect(areas(made)).toMatchObject({
    areas: [
      {
        name: '/mnt/lib/a\\012b.so',
        pgoff: 5n,
        file: { inode, device: { major: 0xfe, minor: 0x40 } },
      },
    ],
  });
});

test('what was removed is called so; roots are not', () => {
  const gone = { 'd_hash.pprev': 0n };
  expect(
    nameOf((made) => {
      const top = dentry(made, '/');
      return file(made, mount(made, top), dentry(made, 'old', top, gone));
    }),
  ).toBe('/old (deleted)');
  expect(
    nameOf((made) => {
      const top = dentry(made, '/', undefined, gone);
      return file(made, mount(made, top), top);
    }),
  ).toBe('/');
});

test.each([
  ['simple_dname', 'SYSV00000000', '/SYSV00000000 (deleted)'],
  ['simple_dname', 'memfd:x', '/memfd:x (deleted)'],
  ['anon_inodefs_dname', '[io_uring]', 'anon_inode:[io_uring]'],
  ['sockfs_dname', '', 'socket:[12]'],
  ['pipefs_dname', '', 'pipe:[12]'],
])('%s of %j: %s', (symbol, name, made) => {
  expect(
    nameOf((kernel) => {
      const root = dentry(kernel, '/');
      return file(kernel, mount(kernel, root), madeUpEntry(kernel, symbol, name));
    }),
  ).toBe(made);
});

test('a chain of directories without an end: no name, and why', () => {
  const made = new MadeKernel();
  const [one, other] = [dentry(made, 'a'), dentry(made, 'b')];
  made.object('dentry', { d_parent: other }, one);
  made.object('dentry', { d_parent: one }, other);
  process(made, [at(1, { vm_file: file(made, mount(made, dentry(made, '/')), one) })]);
  expect(areas(made)).toMatchObject({ areas: [{ name: '' }], problem: { code: 'bad-path' } });
});

test.each([
  [true, ['[heap]', '[heap]', '[heap]', '', '[stack]']],
  [false, ['', '[heap]', '', '', '[stack]']],
])('heap and stack; before 6.6 what touches the heap, %s', (before66, names) => {
  const made = new MadeKernel({ before66 });
  const mm = { start_brk: 0x5000n, brk: 0x6000n, start_stack: 0x9800n };
  process(made, [at(4), at(5), at(6), at(7), at(9)], mm);
  expect(areas(made).areas.map(({ name }) => name)).toEqual(names);
});

test('special mappings, vDSOs of the older call, names that processes gave', () => {
  const made = new MadeKernel();
  const [name, fault] = [made.room(), made.room()];
  made.name('special_mapping_name', name).name('special_mapping_fault', fault);
  const vm_ops = made.object('vm_operations_struct', { name, fault });
  const older = made.object('vm_operations_struct', { fault });
  const vvar = made.text(made.room(), '[vvar]');
  const vm_private_data = made.object('vm_special_mapping', { name: vvar });
  const anon_name = made.object('anon_vma_name', { name: 'jit code' });
  const shared = file(made, mount(made, dentry(made, '/')), madeUpEntry(made, 'simple_dname', 'x'));
  process(made, [
    at(1, { vm_ops, vm_private_data }),
    at(2, { vm_ops: older }),
    at(3, { anon_name }),
    at(4, { anon_name, vm_file: shared }),
    at(5),
  ]);
  const list = areas(made).areas;
  expect(list.map((one) => one.name)).toEqual([
    '[vvar]',
    '[vdso]',
    '[anon:jit code]',
    '[anon_shmem:jit code]',
    '',
  ]);
  expect(list.map(({ ops }) => ops === null)).toEqual([false, false, true, true, true]);
});
