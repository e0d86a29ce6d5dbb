/** Frames of a stack as the architectures print them: with brackets, addresses, offsets, or none. */
const FRAME =
  /^\s*(?:\[?<?[0-9a-f()ptrval_]{6,20}>?\]?\s+)*(?:\([^)\n]{0,40}\)\s+from\s+\[?<?[0-9a-f]+>?\]?\s*)?(?:\? )?\.?\(?([A-Za-z_][\w.]{2,80})(?:\+0x[0-9a-f]+\/0x[0-9a-f]+|(?=\s+(?:\([\w./?]+|[\w./-]+\.[chS]:)))/;
/** The function where it stopped, by the register that says so. */
const STOPPED =
  /^\s*(?:RIP: \w{4}:|EIP is at |pc : |epc : |NIP \[[0-9a-f]+\] |PC is at |era: [0-9a-f]{16} )\[?<?(?:[0-9a-f]{8,16}>?\] \[?<?[0-9a-f]{8,16}>?\] )?([A-Za-z_][\w.]{2,80})(?:\+0x|\b)/;
const LONGEST_STACK = 64;

/** Functions of the stack in a report, innermost first; suffixes of the compiler are left out. */
export function readStack(text: string): readonly string[] {
  const found: string[] = [];
  for (const line of text.split('\n')) {
    const name = (STOPPED.exec(line) ?? FRAME.exec(line))?.[1]?.replace(
      /\.(?:isra|part|constprop|cold|lto_priv)(?:\.\d+)*/g,
      '',
    );
    if (name !== undefined && found.length < LONGEST_STACK && found.at(-1) !== name)
      found.push(name);
  }
  return found;
}
