import { describeBackend } from '@pagewright/conformance/kit';
import { nopteSpecial } from '../src/index.js';

describeBackend(nopteSpecial);
