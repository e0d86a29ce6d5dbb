import * as core from '@pagewright/core';
import { describeReadme } from '../../conformance/src/kit/describe-readme.js';
import * as dump from '../src/index.js';

describeReadme(new URL('../README.md', import.meta.url), [core, dump]);
