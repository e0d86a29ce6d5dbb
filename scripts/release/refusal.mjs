// Ends of a run that are nobody's programming mistake.

/** Something that the one who runs a script can put right: printed line by line, without a stack. */
export class Refusal extends Error {
  /** @param lines one clear line for each thing that is wrong */
  constructor(...lines) {
    super(lines.join('\n'));
  }
}

/** Runs `task`; what it refuses ends the process with 1, in lines that begin with `name`. */
export async function orRefused(name, task) {
  try {
    await task();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    for (const line of error.message.split('\n')) console.error(`${name}: ${line}`);
    // Whatever still runs is of no use any more.
    process.exit(1);
  }
}
