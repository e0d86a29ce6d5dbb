import type { Rule } from '@pagewright/core';
import type { Block } from '@pagewright/report';

/** Letters for chains of rules, in the order in which they are first needed. */
export class Legend {
  private readonly letters = new Map<string, { letter: string; rules: readonly Rule[] }>();

  /** The letter that stands for these rules. */
  letterOf(rules: readonly Rule[]): string {
    const key = rules.map(({ id }) => id).join(' ');
    const known = this.letters.get(key);
    if (known !== undefined) return known.letter;
    const letter = String.fromCharCode('a'.charCodeAt(0) + this.letters.size);
    this.letters.set(key, { letter, rules });
    return letter;
  }

  /** Each letter with its sentences and the section that has them. */
  block(): Block {
    const rows = [...this.letters.values()].map(({ letter, rules }) => [
      letter,
      rules.map(({ sentence }) => sentence).join('; '),
      { text: rules.at(-1)?.source.spec ?? '', tone: 'dim' } as const,
    ]);
    return { kind: 'table', columns: [{ title: '' }, { title: '' }, { title: '' }], rows };
  }
}
