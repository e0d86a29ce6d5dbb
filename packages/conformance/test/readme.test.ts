import * as x86 from '../../arch-x86/src/index.js';
import * as conformance from '../src/index.js';
import { describeReadme } from '../src/kit.js';

describeReadme(new URL('../README.md', import.meta.url), [x86, conformance]);
