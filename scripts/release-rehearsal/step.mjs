// What a rehearsal says while it goes on.

/** Seconds since a moment, for people. */
export const secondsSince = (moment) => ((performance.now() - moment) / 1000).toFixed(1);

/**
 * Waits for a task, and says that it went well.
 * @param what words for its result
 */
export async function step(what, task) {
  const started = performance.now();
  const result = await task;
  console.log(`ok  ${what(result)} (${secondsSince(started)} s)`);
  return result;
}
