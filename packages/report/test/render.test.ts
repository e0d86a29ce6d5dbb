import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  type Block,
  type Document,
  escapeText,
  renderJson,
  renderText,
  sizeText,
  span,
} from '../src/index.js';

const plain = { color: false, width: 80 };
const text = (...blocks: Block[]): string => renderText({ blocks, data: {} }, plain);

describe('renderText', () => {
  it('separates blocks by an empty line and indents sections', () => {
    const document: Document = {
      title: 'Answer',
      blocks: [
        { kind: 'paragraph', text: 'One.' },
        { kind: 'section', title: 'Why', blocks: [{ kind: 'note', tone: 'dim', text: 'Two.' }] },
      ],
      data: {},
    };
    expect(renderText(document, plain)).toBe('Answer\n\nOne.\n\nWhy\n  Two.\n');
  });

  it('aligns tables, without spaces at the ends of lines', () => {
    const columns = [{ title: 'form' }, { title: 'n', align: 'right' as const }, { title: 'why' }];
    const rows = [
      ['x86_64', '9', ''],
      ['um', '10', 'small'],
    ];
    expect(text({ kind: 'table', columns, rows })).toBe(
      'form     n  why\nx86_64   9\num      10  small\n',
    );
  });

  it('leaves lines of another format as they are, but for what a terminal obeys', () => {
    const lines = ['Rss:      4 kB', `${'x'.repeat(90)} y `, 'a\u001b[2Jb'];
    expect(text({ kind: 'verbatim', lines })).toBe(
      `Rss:      4 kB\n${'x'.repeat(90)} y \na\\x1b[2Jb\n`,
    );
  });

  it('squeezes the widest column when a table is too wide', () => {
    const long = 'word '.repeat(30).trim();
    const out = text({
      kind: 'table',
      columns: [{ title: 'a' }, { title: 'b' }],
      rows: [['x', long]],
    });
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(out.replace(/\s+/g, ' ')).toContain(long);
  });

  it('draws a word in groups of 16 bits, fields highest first', () => {
    const out = text({
      kind: 'bit-strip',
      wordBits: 32,
      word: 0x8000_0005n,
      fields: [
        { name: 'LOW', low: 0, width: 3, value: 5n, meaning: 'three bits' },
        { name: 'HIGH', low: 31, width: 1, value: 1n, meaning: 'top' },
      ],
    });
    expect(out).toBe(
      [
        '31            16 15             0',
        '1000000000000000 0000000000000101',
        '',
        'bits  name  value  meaning',
        '  31  HIGH      1  top',
        ' 2:0  LOW     0x5  three bits',
        '',
      ].join('\n'),
    );
  });

  it('gives a table that is too wide titles of several lines, then narrow gaps', () => {
    const columns = ['name of a form', 'answers that were compared'].map((title) => ({
      title,
      align: 'right' as const,
    }));
    const table = (cells: string[]): Block => ({ kind: 'table', columns, rows: [cells] });
    const at40 = (block: Block): string =>
      renderText({ blocks: [block], data: {} }, { color: false, width: 40 });
    expect(at40(table(['x', 'y']))).toBe(
      [
        'name   answers',
        'of a      that',
        'form      were',
        '      compared',
        '   x         y',
        '',
      ].join('\n'),
    );
    expect(
      at40(table(['x'.repeat(20), 'y'.repeat(19)]))
        .split('\n')
        .at(-2),
    ).toBe(`${'x'.repeat(20)} ${'y'.repeat(19)}`);
  });

  it('wraps headings as it wraps text', () => {
    const title = 'word '.repeat(30).trim();
    const blocks: Block[] = [{ kind: 'section', title, blocks: [] }];
    const lines = renderText({ title, blocks, data: {} }, plain).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.join(' ').match(/word/g)).toHaveLength(60);
  });

  it('breaks one endless word in time that grows with its length', () => {
    const endless = 'a'.repeat(2_000_000);
    const out = text({ kind: 'paragraph', text: endless });
    expect(out.replaceAll('\n', '')).toBe(endless);
  });

  it('prints ranges with sizes', () => {
    const out = text({
      kind: 'ranges',
      ranges: [
        { start: 0x1000n, end: 0x3000n, text: 'normal' },
        { start: 0x3000n, end: 1n << 64n, text: 'hole' },
      ],
    });
    const [first, second] = out.split('\n');
    expect(first).toMatch(/^0x1000-0x3000 +8 KiB {2}normal$/);
    expect(second).toMatch(/^0x3000-0x10000000000000000 +\d+ KiB {2}hole$/);
  });

  it('colours by tone, only when asked to', () => {
    const blocks: Block[] = [{ kind: 'paragraph', text: ['a ', span('b', 'problem')] }];
    expect(renderText({ blocks, data: {} }, { color: true, width: 80 })).toBe(
      'a \x1b[31mb\x1b[0m\n',
    );
    expect(renderText({ blocks, data: {} }, plain)).toBe('a b\n');
  });

  it('escapes every character that turns the direction of text', () => {
    const marks = '\u061c\u200e\u200f\u202a\u202e\u2066\u2069';
    expect(escapeText(marks)).toBe('\\u061c\\u200e\\u200f\\u202a\\u202e\\u2066\\u2069');
  });

  test.prop([fc.string({ unit: 'binary' })])('lets no control character through', (evil) => {
    const out = text(
      { kind: 'paragraph', text: evil },
      { kind: 'key-values', pairs: [[evil, evil]] },
      { kind: 'table', columns: [{ title: evil }], rows: [[evil]] },
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u202a-\u202e]/);
  });

  test.prop([fc.array(fc.string({ maxLength: 30 })), fc.integer({ min: 40, max: 120 })])(
    'wraps paragraphs to the width and loses no word',
    (words, width) => {
      const source = words.join(' ');
      const out = renderText(
        { blocks: [{ kind: 'paragraph', text: source }], data: {} },
        {
          color: false,
          width,
        },
      );
      for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
      const squeezed = (s: string): string => s.replace(/\s+/g, '');
      expect(squeezed(out)).toBe(squeezed(escapeText(source)));
    },
  );
});

describe('renderJson', () => {
  test.prop([fc.string({ unit: 'binary' })])('reads back, and holds no raw control', (evil) => {
    const out = renderJson({ blocks: [], data: { schema: 'pagewright/test/1', evil } });
    expect(JSON.parse(out)).toEqual({ schema: 'pagewright/test/1', evil });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});

describe('sizeText', () => {
  it.each([
    [0n, '0 B'],
    [4096n, '4 KiB'],
    [4097n, '4097 B'],
    [1n << 64n, '16 EiB'],
  ])('%s bytes', (bytes, expected) => {
    expect(sizeText(bytes)).toBe(expected);
  });
});
