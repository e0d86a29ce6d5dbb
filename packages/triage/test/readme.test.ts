import * as arch from '@pagewright/arch-x86';
import * as core from '@pagewright/core';
import { describeReadme } from '../../conformance/src/kit/describe-readme.js';
import * as triage from '../src/index.js';

describeReadme(new URL('../README.md', import.meta.url), [core, arch, triage]);
