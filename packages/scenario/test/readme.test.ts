import { readFileSync } from 'node:fs';
import { describeReadme } from '../../conformance/src/kit/describe-readme.js';
import * as scenario from '../src/index.js';
import { allForms as forms } from './forms.js';

const readme = new URL('../README.md', import.meta.url);
const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync(readme, 'utf8')) ?? [];

describeReadme(readme, [scenario, { forms, text }]);
