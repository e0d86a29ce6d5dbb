import { dotOf, type PathStep } from '@pagewright/explore';
import { describe, expect, it } from 'vitest';
import { svgOf } from '../src/explore/svg.js';

const step = { call: 'write V', answer: '0', changes: [], said: [], broken: [] };

/** Texts of a picture, as a reader sees them. */
const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) =>
    text
      .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
      .replace(/&(lt|gt|quot|amp);/g, (_, name: 'lt') => ENTITIES[name]),
  );
const ENTITIES = { lt: '<', gt: '>', quot: '"', amp: '&' };

describe('pictures of ways', () => {
  it('have a box for each state, and the title above', async () => {
    const steps = [step, { ...step, broken: ['I20'] }] as unknown as PathStep[];
    const svg = await svgOf(dotOf('A way', steps));
    expect(svg.match(/class="node"/g)).toHaveLength(3);
    expect(svg.match(/class="edge"/g)).toHaveLength(2);
    expect(svg.match(/stroke="red"/g)).toHaveLength(1);
    expect(textsOf(svg)).toContain('broken: I20');
  });

  it.each([
    '</text><script>alert(1)</script>',
    '"]; s0 [URL="javascript:alert(1)"]; x [label="',
    'a \\N b \\" c &lt; &#60; d \\',
    '<b>html</b> & <!-- ]]>',
  ])('say what a file says, whatever it is: %s', async (text) => {
    const svg = await svgOf(dotOf(text, [{ ...step, said: [text] }] as unknown as PathStep[]));
    expect(textsOf(svg).filter((line) => line === text)).toHaveLength(2);
    expect(svg).not.toMatch(/<(script|b|a)[ >]|xlink:href/);
  });

  it('have no characters that XML forbids', async () => {
    const svg = await svgOf(dotOf('nul \0, bell \x07, half \ud800', []));
    expect(textsOf(svg)).toContain('nul \ufffd, bell \ufffd, half \ufffd');
  });
});
