import * as core from '@pagewright/core';
import * as arch from '../../arch-x86/src/index.js';
import { describeReadme } from '../../conformance/src/kit/describe-readme.js';
import * as scenario from '../src/index.js';

describeReadme(new URL('../README.md', import.meta.url), [core, arch, scenario]);
