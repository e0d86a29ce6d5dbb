import * as core from '@pagewright/core';
import * as dumpOnNode from '@pagewright/dump/node';
import { x86 } from '../../arch-x86/src/index.js';
import { kernelLayout } from '../../arch-x86/src/kernel.js';
import { describeReadme } from '../../conformance/src/kit/describe-readme.js';
import * as inspect from '../src/index.js';

const modules = [core, { x86, kernelLayout }, dumpOnNode, inspect];
describeReadme(new URL('../README.md', import.meta.url), modules);
