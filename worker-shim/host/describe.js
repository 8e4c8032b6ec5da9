// How an exception is told to operators.
import { visible } from './visible.js';

/**
 * What went wrong, for a log.
 * @param {unknown} error
 */
export function describe(error) {
  return visible(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}
