import { describeBackend } from '@pagewright/conformance/kit';
import { x86 } from '../src/index.js';

const asksTheProcessor =
  'the headers ask the family of the running processor, which the recording program did not have';

describeBackend(x86, {
  notCompared: {
    'prot_ops.pgprot_noncached': asksTheProcessor,
    'prot_ops.pgprot_device': asksTheProcessor,
  },
});
