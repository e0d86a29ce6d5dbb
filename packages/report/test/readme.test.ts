import { describeReadme } from '../../conformance/src/kit/describe-readme.js';
import * as report from '../src/index.js';

describeReadme(new URL('../README.md', import.meta.url), [report]);
