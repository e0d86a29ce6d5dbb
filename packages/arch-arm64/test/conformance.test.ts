import { describeBackend } from '@pagewright/conformance/kit';
import { arm64 } from '../src/index.js';

describeBackend(arm64);
