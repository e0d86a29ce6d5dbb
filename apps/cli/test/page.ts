import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MAIN, ROOT } from './run-cli.js';

/**
 * A page of Markdown whose commands are run. A `console` block holds commands with what they print,
 * errors included; `[exit 1]` follows where the code is not 0. A line of three dots stands for lines
 * of the answer that the page leaves out. A block of another language with a name behind it
 * (`js count.mjs`) is a file that later commands find where they run, beside `fixtures`.
 */
const BLOCK = /^```(\S+)(?: (\S+))?\n([\s\S]*?)^```$/gm;
const PROMPT = '$ ';
const CUT = '...';
const EXIT = /^\[exit \d+\]$/;

/** The page with what its commands print now, its choice of lines kept. */
export function pageNow(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'pagewright-page-'));
  try {
    symlinkSync(join(ROOT, 'fixtures'), join(folder, 'fixtures'));
    // As `npm install` would lay out the packages that a module of the page imports.
    symlinkSync(join(ROOT, 'apps/cli/node_modules'), join(folder, 'node_modules'));
    return text.replace(
      BLOCK,
      (block, language: string, name: string | undefined, body: string) => {
        if (language === 'console') return `\`\`\`console\n${blockNow(body, folder)}\`\`\``;
        if (name !== undefined) {
          mkdirSync(dirname(join(folder, name)), { recursive: true });
          writeFileSync(join(folder, name), body);
        }
        return block;
      },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How many commands a page has. */
export const commandCount = (text: string): number =>
  [...text.matchAll(BLOCK)]
    .filter(([, language]) => language === 'console')
    .flatMap(([, , , body = '']) => commands(body)).length;

interface Shown {
  readonly command: string;
  /** Without that of the exit code, which no cut leaves out. */
  readonly lines: readonly string[];
}

/** Commands of a block, with the lines below them. */
function commands(body: string): readonly Shown[] {
  return body
    .split(/^(?=\$ )/m)
    .map((part) => part.trimEnd().split('\n'))
    .map(([first = '', ...lines]) => {
      if (!first.startsWith(PROMPT)) throw new Error(`no command before "${first}"`);
      return {
        command: first.slice(PROMPT.length),
        lines: lines.filter((line) => !EXIT.test(line)),
      };
    });
}

const blockNow = (body: string, folder: string): string =>
  commands(body)
    .map(({ command, lines }) => {
      const now = printed(command, folder);
      return [PROMPT + command, ...chosen(lines, now.lines), ...now.exit].join('\n');
    })
    .join('\n\n')
    .concat('\n');

/** What a command prints in a shell of 100 columns, and the line for its exit code if that is not 0. */
function printed(command: string, folder: string) {
  const script = `exec 2>&1; pagewright() { "${process.execPath}" "${MAIN}" "$@"; }; ${command}`;
  const { stdout, status } = spawnSync('bash', ['-c', script], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, NO_COLOR: '1', COLUMNS: '100' },
  });
  return {
    lines: stdout === '' ? [] : stdout.trimEnd().split('\n'),
    exit: status === 0 ? [] : [`[exit ${status}]`],
  };
}

/**
 * The lines of `now` that a page which shows `shown` chooses: as many from the start as before its
 * first cut, as many from the end as behind its last, and between two cuts as many from the line on
 * that its first one is. Throws where that line is gone: then somebody must choose again.
 */
export function chosen(shown: readonly string[], now: readonly string[]): readonly string[] {
  const cuts = shown.flatMap((line, i) => (line === CUT ? [i] : []));
  if (cuts.length === 0) return now;
  const head = cuts[0] ?? 0;
  const tail = shown.length - 1 - (cuts.at(-1) ?? 0);
  const spans = [{ from: 0, to: head }];
  for (const [i, cut] of cuts.slice(0, -1).entries()) {
    const part = shown.slice(cut + 1, cuts[i + 1]);
    const from = now.indexOf(part[0] ?? '', spans.at(-1)?.to);
    if (from < 0) throw new Error(`the answer has no line "${part[0]}" any more`);
    spans.push({ from, to: from + part.length });
  }
  spans.push({ from: now.length - tail, to: now.length });
  return spans.flatMap(({ from, to }, i) => {
    const before = spans[i - 1]?.to ?? from;
    if (from < before) throw new Error('the answer is shorter than what the page shows of it');
    return [...(from > before ? [CUT] : []), ...now.slice(from, to)];
  });
}
