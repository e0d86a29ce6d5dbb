import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, runCli } from './run-cli.js';

const main = join(ROOT, 'apps/cli/dist/main.js');

describe('the program on a terminal', () => {
  it('lets a reader go away early', () => {
    const words = Array.from({ length: 2000 }, (_, i) => `0x${(i * 4096 + 0x67).toString(16)}`);
    const command = `"${process.execPath}" "${main}" decode x86_64 - | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', command], {
      input: words.join('\n'),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout).toBe('x86_64 pte 0x67 (headers 7.2)\n0\n');
  });

  it('does not squeeze its lines on a terminal that reports no width', () => {
    const zero = 'data:text/javascript,process.stdout.columns=0';
    const args = ['--import', zero, main, 'decode', 'x86_64', '0x25'];
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(stdout).toBe(runCli(['decode', 'x86_64', '0x25']).stdout);
  });

  it('prints no control character that an input brought', () => {
    const { stderr, stdout, exitCode } = runCli(['decode', 'x86_64', '\x1b[31m\u202e\u009b']);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('\\x1b[31m\\u202e\\x9b');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  it.each([[], ['--json']])('prints none that a log brought either %j', (...more) => {
    const evil = '\x1b]0;x\x07\x1b[31m\u202e\u009b\u2028';
    const log = [
      `BUG: Bad page map in process a${evil}b  pte:00000001 pmd:00001067`,
      `page:c0 refcount:0 mapcount:-1 mapping:00000000 index:0x0`,
      `flags: 0x0(a${evil}|b)`,
      `page dumped because: ${evil}`,
      `addr:00400000 vm_flags:00000070 anon_vma:${evil} mapping:${evil} index:0`,
      `file:${evil}f fault:x${evil} mmap:0x0 read_folio:0x0`,
      `CPU: 1 PID: 9 Comm: a Not tainted 6.1.0${evil} #1`,
    ];
    const { stderr, stdout, exitCode } = runCli(['triage', ...more.flat()], log.join('\n'));
    expect([stderr, exitCode]).toEqual(['', 1]);
    expect(stdout).toContain('bad');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202a-\u202e]/);
  });

  it('shows the evidence of a problem with --debug, and no stack without', () => {
    const args = ['decode', 'x86_64', '--level', 'p4d', '1'];
    expect(runCli(args).stderr.split('\n')).toHaveLength(2);
    expect(runCli(['--debug', ...args]).stderr).toBe(
      'pagewright: x86_64 has no p4d entries: its p4d is folded; levels: pgd, pud, pmd, pte\n' +
        '  code: no-such-level\n  form: x86_64\n  level: p4d\n',
    );
  });

  it.each([
    ['random bytes', Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 256))],
    ['one endless word', Buffer.alloc(5_000_000, '1')],
    ['millions of words', Buffer.from('25 '.repeat(2_000_000))],
    ['more than can be held', Buffer.alloc(65 << 20, ' ')],
  ])('refuses %s on standard input in one line', (_, input) => {
    const { stdout, stderr, exitCode } = runCli(['decode', 'x86_64', '-'], input);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^pagewright: standard input[^\n]{0,200}\n$/);
  });
});
