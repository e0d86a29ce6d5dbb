// 1 GiB of ordinary log text through triage: nothing is found, memory stays flat. Prints MB/s of CPU
// time and what is resident; needs a build (`npm test` or `turbo run build`).
//   node bench/triage.mjs [--mib N]
import { parseArgs } from 'node:util';
import { arm64 } from '../packages/arch-arm64/dist/index.js';
import { x86 } from '../packages/arch-x86/dist/index.js';
import { Triage } from '../packages/triage/dist/index.js';

const { values } = parseArgs({ options: { mib: { type: 'string', default: '1024' } } });
const PIECE = 1 << 18;
const LEAST_MB_PER_SECOND = 100;
const MOST_MIB = 200;

const MESSAGES = [
  'usb 1-1: new high-speed USB device number 7 using xhci_hcd',
  'audit: type=1400 apparmor="STATUS" operation="profile_load" name="snap.core" pid=812',
  'e1000e 0000:00:1f.6 eth0: NIC Link is Up 1000 Mbps Full Duplex, Flow Control: Rx/Tx',
  'systemd[1]: Started Daily apt download activities.',
  'EXT4-fs (sda1): mounted filesystem with ordered data mode. Opts: errors=remount-ro',
  'nvme nvme0: 8/0/0 default/read/poll queues',
  'ACPI Warning: SystemIO range conflicts with OpRegion (_SB.PCI0.SMBS)',
  'IPv6: ADDRCONF(NETDEV_CHANGE): wlan0: link becomes ready',
  'bad password for user pgd from 10.0.0.7 port 4711 ssh2',
  '',
];

/** Lines of syslog, as many as fill some pieces. */
function ordinary() {
  let text = '';
  for (let i = 0; text.length < 16 * PIECE; i++) {
    const second = String(i % 60).padStart(2, '0');
    const message = MESSAGES[i % MESSAGES.length];
    text += `Nov 21 16:40:${second} host kernel: [${i}.${String((i * 7919) % 1e6).padStart(6, '0')}] ${message}\n`;
  }
  return new TextEncoder().encode(text);
}

const text = ordinary();
const made = Triage.of([x86, arm64]);
if (!made.ok) throw new Error(made.problem.message);
const triage = made.value;
const wanted = Number(values.mib) * 2 ** 20;
const begun = process.cpuUsage();
let read = 0;
let halfway = 0;
for (let at = 0; read < wanted; at = (at + PIECE) % (16 * PIECE)) {
  const piece = text.subarray(at, Math.min(at + PIECE, text.length));
  triage.write(piece);
  read += piece.length;
  if (halfway === 0 && read > wanted / 2) halfway = process.memoryUsage().rss;
}
const { incidents, lines } = triage.end();
const { user, system } = process.cpuUsage(begun);
const rate = read / (user + system);
const resident = process.resourceUsage().maxRSS / 1024;
console.log(`${lines} lines, ${(read / 2 ** 20).toFixed(0)} MiB, ${incidents.length} incidents`);
console.log(`${rate.toFixed(0)} MB/s of CPU time; at least ${LEAST_MB_PER_SECOND} wanted`);
console.log(
  `${(halfway / 2 ** 20).toFixed(0)} MiB resident halfway, ${resident.toFixed(0)} MiB at most`,
);
if (incidents.length > 0 || rate < LEAST_MB_PER_SECOND || resident > MOST_MIB) process.exitCode = 1;
