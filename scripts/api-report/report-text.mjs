// What can be read in the text of an API report.

const EXPORT = /^export (?:declare )?(?:abstract )?(?:interface|type|const|function|class) (\w+)/gm;
const FORGOTTEN = /^ *\/\/ Warning: \(ae-forgotten-export\) The symbol "(\w+)" .*\n/gm;

const exportsOf = (text) => [...text.matchAll(EXPORT)].map(([, name]) => name);

/**
 * Without the warnings about types that another entry point of the package exports: `@pagewright/core/scan`
 * need not export what `@pagewright/core` does.
 */
export function withoutKnown(text, siblings) {
  const known = new Set(siblings.flatMap(exportsOf));
  return text.replace(/(?:^ *\/\/ Warning: .*\n)+(?: *\/\/\n)?/gm, (warnings) => {
    const left = warnings.replace(FORGOTTEN, (line, name) => (known.has(name) ? '' : line));
    return left.includes('Warning') ? left : '';
  });
}

/** What reports hold: exports, and what is missing about them. */
export function count(texts) {
  const all = texts.join('');
  return {
    exports: texts.flatMap(exportsOf).length,
    /** Names that are exported without documentation. */
    undocumented: [...all.matchAll(/^\/\/ @public \(undocumented\)\nexport \S+ (\w+)/gm)].map(
      ([, name]) => name,
    ),
    members: [...all.matchAll(/^ +\/\/ \(undocumented\)$/gm)].length,
    forgotten: new Set([...all.matchAll(FORGOTTEN)].map(([, name]) => name)).size,
  };
}
