import { describeReadme } from '../../conformance/src/kit/describe-readme.js';
import * as core from '../src/index.js';

describeReadme(new URL('../README.md', import.meta.url), [core]);
