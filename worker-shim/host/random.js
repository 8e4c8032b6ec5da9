// What must not be guessed, and what must not happen together.

/** In base64. @param {number} length in bytes */
export const random_base64 = (length) => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(length))));

/** 128 bits, base64url: a name that nobody can guess. */
export function random_name() {
  return random_base64(16).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** In [0, 1). */
export function random() {
  return /** @type {number} */ (crypto.getRandomValues(new Uint32Array(1))[0]) / 2 ** 32;
}

/** What spreads the tries of many objects: 0 to 999. */
export const jitter = () => Math.floor(random() * 1000);
