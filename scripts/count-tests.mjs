// The closing line of a run, from vitest's JSON report. A file that failed before it had a test
// counts as one failure; a run without tests is no success.
import { readFileSync } from 'node:fs';

const report = read(process.argv[2]);
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some((t) => t.status === 'failed'),
).length;
const failed = report.numFailedTests + brokenFiles;
const skipped = report.numPendingTests + report.numTodoTests;
console.log(
  `${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
);
process.exitCode = failed === 0 && report.numPassedTests > 0 ? 0 : 1;

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    console.log(`no report of the tests: ${error.message}`);
    console.log('0 passed, 1 failed');
    process.exit(1);
  }
}
