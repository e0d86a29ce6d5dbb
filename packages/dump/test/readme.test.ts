import * as core from '@pagewright/core';
import { describeReadme } from '../../conformance/src/kit/describe-readme.js';
import * as dump from '../src/index.js';
import * as node from '../src/node.js';

describeReadme(new URL('../README.md', import.meta.url), [core, dump, node]);
