/**
 * Runs something that Ctrl-C stops in its own time; a second one ends the program as usual.
 *
 * @param work is handed a question: was Ctrl-C pressed?
 */
export async function whileInterruptible<T>(
  work: (isInterrupted: () => boolean) => Promise<T>,
): Promise<T> {
  let isInterrupted = false;
  const interrupt = (): void => {
    isInterrupted = true;
  };
  process.once('SIGINT', interrupt);
  try {
    return await work(() => isInterrupted);
  } finally {
    process.off('SIGINT', interrupt);
  }
}
