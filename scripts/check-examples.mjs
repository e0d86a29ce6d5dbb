// The examples in READMEs, in strict TypeScript against the built packages, as their readers compile
// them. (What they answer is tested with each package.)
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import typescript from 'typescript';
import { libraries } from './workspace.mjs';

const { ModuleKind, ModuleResolutionKind, ScriptTarget } = typescript;
const packages = libraries();

/** Every import name of a library to its declarations. */
const paths = Object.fromEntries(
  packages.flatMap(({ folder, manifest }) =>
    Object.entries(manifest.exports)
      .filter(([, target]) => target.types)
      .map(([subPath, { types }]) => [manifest.name + subPath.slice(1), [resolve(folder, types)]]),
  ),
);

/** Each example as a module beside its README. */
const examples = new Map(
  packages.flatMap(({ folder }) => {
    const readme = readFileSync(`${folder}/README.md`, 'utf8');
    return [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code], i) => [
      resolve(folder, `README.md-${i + 1}.ts`),
      `${code}export {};\n`,
    ]);
  }),
);

const options = {
  strict: true,
  noEmit: true,
  noUnusedLocals: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  module: ModuleKind.NodeNext,
  moduleResolution: ModuleResolutionKind.NodeNext,
  target: ScriptTarget.ES2023,
  skipLibCheck: true,
  types: ['node'],
  paths,
};
const host = typescript.createCompilerHost(options);
const { fileExists, readFile } = host;
host.fileExists = (file) => examples.has(file) || fileExists.call(host, file);
host.readFile = (file) => examples.get(file) ?? readFile.call(host, file);
host.getSourceFile = (file, languageVersion) => {
  const text = host.readFile(file);
  return text === undefined
    ? undefined
    : typescript.createSourceFile(file, text, languageVersion, true);
};
const program = typescript.createProgram([...examples.keys()], options, host);
const faults = [...program.getOptionsDiagnostics()];
for (const file of examples.keys()) {
  const source = program.getSourceFile(file);
  faults.push(
    ...program.getSyntacticDiagnostics(source),
    ...program.getSemanticDiagnostics(source),
  );
}
console.log(typescript.formatDiagnostics(faults, host).trim());
console.log(`${examples.size} examples, ${faults.length} faults`);
if (examples.size === 0 || faults.length > 0) process.exitCode = 1;
