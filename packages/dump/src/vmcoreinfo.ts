/**
 * What a kernel says about itself for the readers of its dump: lines `KEY=VALUE`
 * (kernel/vmcore_info.c, and arch_crash_save_vmcoreinfo() of each architecture).
 */
export interface VmcoreInfo {
  /** The text that was parsed, for whoever hands it on. */
  readonly text: string;
  /** Every line by its whole key, `SYMBOL(_stext)` or `PAGESIZE`. The last of equal keys counts. */
  readonly lines: ReadonlyMap<string, string>;
  /** Address or value of `SYMBOL(name)`, unsigned. */
  symbol(name: string): bigint | undefined;
  /** Bytes from the start of the structure: `offset('list_head.next')`. */
  offset(member: string): number | undefined;
  /** Bytes: `size('page')`. */
  size(type: string): number | undefined;
  /** Elements of an array: `length('mem_section')`. */
  length(array: string): number | undefined;
  /** `NUMBER(name)`: written in decimal with a sign, or in hexadecimal after `0x`. */
  number(name: string): bigint | undefined;
  /** A line without brackets whose value is hexadecimal without `0x`: `KERNELOFFSET`, `SAMODE31`. */
  hexadecimal(key: string): bigint | undefined;
  /** Release of the kernel, as `uname -r` prints it. */
  readonly osrelease?: string;
  /** Bytes of a page. */
  readonly pageSize?: number;
}

const HEXADECIMAL = /^[0-9a-fA-F]{1,16}$/;
const DECIMAL = /^[0-9]{1,15}$/;
const SIGNED = /^(-?)(0x[0-9a-fA-F]{1,16}|[0-9]{1,20})$/;

/** Parses VMCOREINFO text. Lines without `=` are passed over; what cannot be a number is absent. */
export function parseVmcoreinfo(text: string): VmcoreInfo {
  const lines = new Map<string, string>();
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    if (equals > 0) lines.set(line.slice(0, equals), line.slice(equals + 1).trim());
  }
  const hexadecimal = (key: string): bigint | undefined => {
    const value = lines.get(key);
    return value !== undefined && HEXADECIMAL.test(value) ? BigInt(`0x${value}`) : undefined;
  };
  const count = (key: string): number | undefined => {
    const value = lines.get(key);
    return value !== undefined && DECIMAL.test(value) ? Number(value) : undefined;
  };
  const osrelease = lines.get('OSRELEASE');
  const pageSize = count('PAGESIZE');
  return {
    text,
    lines,
    symbol: (name) => hexadecimal(`SYMBOL(${name})`),
    offset: (member) => count(`OFFSET(${member})`),
    size: (type) => count(`SIZE(${type})`),
    length: (array) => count(`LENGTH(${array})`),
    number: (name) => signed(lines.get(`NUMBER(${name})`)),
    hexadecimal,
    ...(osrelease === undefined ? {} : { osrelease }),
    ...(pageSize === undefined ? {} : { pageSize }),
  };
}

function signed(value: string | undefined): bigint | undefined {
  const parts = value === undefined ? null : SIGNED.exec(value);
  if (parts === null) return undefined;
  const magnitude = BigInt(parts[2] as string);
  return parts[1] === '-' ? -magnitude : magnitude;
}
