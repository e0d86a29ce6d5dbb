import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from './run-cli.js';

const dumps = process.env.PAGEWRIGHT_DUMPS;
if (dumps === undefined) {
  it('did NOT run on a real dump: PAGEWRIGHT_DUMPS names no folder of dumps', () => {
    console.warn('pagewright symbols and type were NOT run on a real dump: set PAGEWRIGHT_DUMPS');
    expect(dumps).toBeUndefined();
  });
} else {
  const dump = join(dumps, 'x86_64-6.12', 'dump.elf');
  const ask = (...args: string[]) => {
    const { stdout, exitCode } = runCli([...args, '--json']);
    return { exitCode, ...JSON.parse(stdout) };
  };
  const kallsyms = readFileSync(join(dumps, 'x86_64-6.12', 'kallsyms'), 'utf8');
  const addressOf = (name: string) =>
    `0x${new RegExp(`^([0-9a-f]+) \\S ${name}(\\t|$)`, 'm').exec(kallsyms)?.[1]}`;

  describe('symbols of x86_64-6.12', () => {
    it('finds names, offsets, addresses and symbols of modules', () => {
      const readdir = addressOf('ext4_readdir');
      const inside = `0x${(BigInt(readdir) + 4n).toString(16)}`;
      const { schema, answers, problem, exitCode } = ask(
        'symbols',
        dump,
        'init_task',
        'schedule+0x12',
        'ext4_readdir',
        inside,
      );
      expect([schema, problem, exitCode]).toEqual(['pagewright/symbols/1', null, 0]);
      const found = answers.map(({ symbols }: { symbols: object[] }) => symbols[0]);
      expect(found).toMatchObject([
        { name: 'init_task', address: addressOf('init_task'), offset: '0x0', module: null },
        { name: 'schedule', address: addressOf('schedule'), offset: '0x12', module: null },
        { name: 'ext4_readdir', address: readdir, offset: '0x0', module: 'ext4', type: 't' },
        { name: 'ext4_readdir', address: readdir, offset: '0x4', module: 'ext4' },
      ]);
    });

    it('finds all that fit a pattern, as the running kernel listed them', () => {
      const { answers } = ask('symbols', dump, '*_normal_page*', 'ext4_*dir');
      const lines = kallsyms.split('\n').filter((line) => {
        const name = line.split(/[ \t]/)[2] ?? '';
        return name.includes('_normal_page') || (name.startsWith('ext4_') && name.endsWith('dir'));
      });
      const names = answers.flatMap(({ symbols }: { symbols: { name: string }[] }) =>
        symbols.map(({ name }) => name),
      );
      expect(names.sort()).toEqual(lines.map((line) => line.split(/[ \t]/)[2]).sort());
      expect(names.length).toBeGreaterThan(5);
    });

    it('says what is not there', () => {
      const { stdout, exitCode } = runCli(['symbols', dump, 'init_task', 'no_such_symbol']);
      expect(exitCode).toBe(1);
      expect(stdout).toContain('no_such_symbol: no such symbol');
    });
  });

  describe('type of x86_64-6.12', () => {
    it('shows structs with what anonymous members hold', () => {
      const { schema, size, members } = ask('type', dump, 'struct', 'page');
      expect([schema, size]).toEqual(['pagewright/type/1', 64]);
      expect(members[0]).toMatchObject({ name: 'flags', offset: 0, size: 8 });
      expect(JSON.stringify(members)).toContain('"compound_head"');
    });

    it('shows bitfields, members, constants, typedefs, and types of modules', () => {
      const bitfield = ask('type', dump, 'task_struct.in_execve');
      expect(bitfield).toMatchObject({ bitSize: 1, type: 'unsigned int' });
      expect(ask('type', dump, 'page.mapping')).toMatchObject({ offset: 24, size: 8 });
      expect(ask('type', dump, 'enum', 'pageflags').enumerators).toContainEqual({
        name: 'PG_locked',
        value: '0',
      });
      expect(ask('type', dump, 'gfp_t')).toMatchObject({ aliasOf: 'unsigned int' });
      expect(ask('type', dump, 'ext4_inode_info')).toMatchObject({ module: 'ext4', size: 1160 });
    });

    it('says what is not there', () => {
      const { stderr, exitCode } = runCli(['type', dump, 'page.no_such_member']);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('no_such_member');
    });
  });
}
