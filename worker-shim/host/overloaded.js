/**
 * Whether the platform says that an object has too much to do: asked again at once, it would for longer.
 * @param {unknown} error
 */
export function is_overloaded(error) {
  return error instanceof Error && 'overloaded' in error && error.overloaded === true;
}
