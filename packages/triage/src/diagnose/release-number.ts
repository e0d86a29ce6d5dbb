/** First release of the 5.x series, and days between releases since: what dates of -next stand for. */
const V5_0 = Date.UTC(2019, 2, 3);
const DAYS_BETWEEN = 64;
const DAY = 86_400_000;
/** 5.0 to 5.19 are twenty, so are 6.0 to 6.19. */
const RELEASES_OF_SERIES = 20;

/**
 * A release as a number that compares: `6.12.3` is 612, `2.6.32` is 206. A bare `next-YYYYMMDD` is the
 * release that its changes were for. Undefined for what is neither.
 */
export function releaseNumber(release: string): number | undefined {
  const [, major, minor] = /^(\d{1,2})\.(\d{1,3})/.exec(release) ?? [];
  if (major !== undefined && minor !== undefined) return Number(major) * 100 + Number(minor);
  const [, year, month, day] = /^next-(\d{4})(\d\d)(\d\d)/.exec(release) ?? [];
  if (year === undefined) return undefined;
  const days = (Date.UTC(Number(year), Number(month) - 1, Number(day)) - V5_0) / DAY;
  const index = Math.ceil(days / DAYS_BETWEEN);
  if (index < 0) return undefined;
  return (5 + Math.floor(index / RELEASES_OF_SERIES)) * 100 + (index % RELEASES_OF_SERIES);
}
