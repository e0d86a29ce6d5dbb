import * as core from '@pagewright/core';
import { describeReadme } from '../../conformance/src/kit/describe-readme.js';
import * as inspect from '../src/index.js';
import { dentry, file, mount, process } from './make-files.js';
import { MadeKernel, madeArchitecture } from './make-kernel.js';

const made = new MadeKernel();
const top = dentry(made, '/');
const bin = dentry(made, 'bin', top);
const vm_file = file(made, mount(made, top), dentry(made, 'init', bin));
process(
  made,
  [
    { vm_start: 0x40_0000n, vm_end: 0x40_1000n, vm_file },
    { vm_start: 0x60_0000n, vm_end: 0x62_0000n },
  ],
  { start_brk: 0x60_0000n, brk: 0x62_0000n },
);
const { dump, types, symbols } = made;
const { vmcoreinfo } = made.opened();
const given = { dump, types, symbols, vmcoreinfo, architectures: [madeArchitecture()] };

describeReadme(new URL('../README.md', import.meta.url), [core, inspect, given]);
