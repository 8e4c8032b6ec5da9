// Text of others in the Worker's log: one line stays one line, and nothing in it moves a cursor or turns what is read. The
// core writes its own lines like this (shared/encoding/visible.hpp).

/** C0 and C1 controls, line and paragraph separators, marks, overrides and isolates of direction, characters without a shape. */
const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/**
 * With such characters as \uXXXX escapes; in a JSON text they stand inside of strings only, so that it stays the same.
 * @param {string} text
 */
export function visible(text) {
  return text.replace(UNSEEN, (found) =>
    [...Array(found.length).keys()].map((i) => `\\u${found.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
  );
}
