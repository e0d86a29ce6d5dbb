// The public surface of every library: what each entry point exports, with signatures, as a report
// in `api/`. `node scripts/api-report.mjs` writes the reports from the built declarations; with
// `--check` it says which no longer say what is exported. A change of a report is a change of what
// users rely on: it is seen in review, and it decides how big the release is.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { count, withoutKnown } from './api-report/report-text.mjs';
import { libraries } from './workspace.mjs';

const FOLDER = 'api';
const RENEW = 'run `node scripts/api-report.mjs` after a build, and read the diff';

/** Every entry point of every library: the name of its report, and its declarations. */
const entries = libraries().flatMap(({ folder, manifest }) =>
  Object.entries(manifest.exports)
    .filter(([, target]) => target.types)
    .map(([subPath, target]) => ({
      folder,
      file: `${[...manifest.name.split('/').slice(1), ...subPath.split('/').slice(1)].join('-')}.api.md`,
      types: resolve(folder, target.types),
    })),
);

const SILENT = { default: { logLevel: 'none' } };

/** The settings for one entry point, whose report goes to the folder `made`. */
const configOf = ({ folder, file, types }, made) =>
  ExtractorConfig.prepare({
    configObject: {
      projectFolder: resolve(folder),
      mainEntryPointFilePath: types,
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          extends: resolve('tsconfig.base.json'),
          // Declarations of the `./node` entry points name types of Node.
          compilerOptions: { types: ['node'] },
          files: [types],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: file,
        reportFolder: made,
        reportTempFolder: made,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: 'error' } },
        extractorMessageReporting: {
          ...SILENT,
          'ae-forgotten-export': { logLevel: 'none', addToApiReportFile: true },
        },
        tsdocMessageReporting: SILENT,
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: resolve(folder, 'package.json'),
  });

/** Makes all reports with one program, so that what entry points share is read once. */
function makeReports() {
  const made = mkdtempSync(join(tmpdir(), 'pagewright-api-'));
  try {
    const configs = entries.map((entry) => configOf(entry, made));
    const [first, ...others] = configs;
    const compilerState = CompilerState.create(first, {
      additionalEntryPoints: others.map((config) => config.mainEntryPointFilePath),
    });
    const reports = entries.map(({ folder, file }, i) => {
      const messageCallback = (message) => {
        // What an error says is ours to read; that a report was written is not.
        message.handled = message.logLevel !== 'error';
      };
      Extractor.invoke(configs[i], { compilerState, localBuild: true, messageCallback });
      return { folder, file, text: readFileSync(join(made, file), 'utf8') };
    });
    return reports.map(({ folder, file, text }) => {
      const siblings = reports.filter((each) => each.folder === folder).map((each) => each.text);
      return { file, text: withoutKnown(text, siblings) };
    });
  } finally {
    rmSync(made, { recursive: true });
  }
}

/** The report as it is checked in, or undefined. */
function checkedIn(file) {
  try {
    return readFileSync(join(FOLDER, file), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const check = process.argv[2] === '--check';
const reports = makeReports();
mkdirSync(FOLDER, { recursive: true });
const left = readdirSync(FOLDER).filter((file) => !reports.some((each) => each.file === file));
const stale = reports.filter(({ file, text }) => checkedIn(file) !== text);
if (check) {
  for (const { file } of stale) console.log(`${FOLDER}/${file}: stale; ${RENEW}`);
  for (const file of left) console.log(`${FOLDER}/${file}: of no entry point; ${RENEW}`);
} else {
  for (const { file, text } of stale) writeFileSync(join(FOLDER, file), text);
  for (const file of left) rmSync(join(FOLDER, file));
}
const { exports, undocumented, members, forgotten } = count(reports.map(({ text }) => text));
for (const name of undocumented) console.log(`${name}: exported without a word of documentation`);
const bad = undocumented.length + (check ? stale.length + left.length : 0);
console.log(
  `${reports.length} entry points, ${exports} exports (${members} members without a comment, ` +
    `${forgotten} types that are not exported by name), ${bad} failures`,
);
if (reports.length === 0 || bad > 0) process.exitCode = 1;
