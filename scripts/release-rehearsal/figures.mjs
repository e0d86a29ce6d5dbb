// The figures of a rehearsal, for people.

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(11);

/** A block of lines; the last one says the most important in short. */
export function figures({ published, sizes, timed, seconds }) {
  const rows = published.map(({ name, version }, i) => {
    const { packed, gzipped } = sizes[i];
    return `${`${name} ${version}`.padEnd(36)}${kilobytes(packed)}${kilobytes(gzipped)}`;
  });
  const total = sizes.reduce((sum, { gzipped }) => sum + gzipped, 0);
  return [
    '',
    `${'published'.padEnd(36)}${'packed'.padStart(11)}${'gzipped'.padStart(11)}`,
    ...rows,
    '',
    `${published.length} packages published, ${kilobytes(total).trim()} gzipped; core and ` +
      `${timed.name}: ${timed.packages} packages installed in ${timed.seconds.toFixed(1)} s, ` +
      `${kilobytes(timed.bundled).trim()} in a web page; ${seconds} s in all`,
  ].join('\n');
}
