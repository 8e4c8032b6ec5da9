// How an exception is told to operators.

/**
 * What went wrong, for a log.
 * @param {unknown} error
 */
export function describe(error) {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
