import { describeReadme } from '@pagewright/conformance/kit';
import * as core from '@pagewright/core';
import * as arch from '../src/index.js';

describeReadme(new URL('../README.md', import.meta.url), [core, arch]);
