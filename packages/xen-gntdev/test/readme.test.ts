import * as x86 from '@pagewright/arch-x86';
import { describeReadme } from '@pagewright/conformance/kit';
import * as core from '@pagewright/core';
import * as gntdev from '../src/index.js';

describeReadme(new URL('../README.md', import.meta.url), [core, x86, gntdev]);
