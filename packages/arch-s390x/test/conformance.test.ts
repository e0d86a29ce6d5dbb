import { describeBackend } from '@pagewright/conformance/kit';
import { s390x } from '../src/index.js';

describeBackend(s390x);
