import { describeBackend } from '@pagewright/conformance/kit';
import { x86 } from '../src/index.js';

const FAMILY =
  'depends on boot_cpu_data.x86: the vectors were taken with 0, every x86-64 processor has more';

describeBackend(x86, {
  notCompared: { 'prot_ops.pgprot_noncached': FAMILY, 'prot_ops.pgprot_device': FAMILY },
});
