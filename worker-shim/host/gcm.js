// AES-256-GCM of node:crypto (SP 800-38D). Both throw where there is nothing to give.
import crypto from 'node:crypto';

const TAG_BYTES = 16;

/**
 * @param {Uint8Array} key
 * @param {Uint8Array} nonce
 * @param {Uint8Array} bound what the tag covers beside the text
 * @param {Uint8Array} plain
 * @returns {Buffer} the ciphertext, and behind it the tag
 */
export function seal_gcm(key, nonce, bound, plain) {
  const cipher = crypto.createCipheriv('aes-256-gcm', key, nonce).setAAD(bound);
  const hidden = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([hidden, cipher.getAuthTag()]);
}

/**
 * Nothing is given before `final` has checked the tag: what `update` gives is not verified yet.
 * @param {Uint8Array} key
 * @param {Uint8Array} nonce
 * @param {Uint8Array} bound
 * @param {Uint8Array} hidden
 * @param {Uint8Array} tag all of it: workerd ignores the option authTagLength, and takes a shorter tag for a good one
 * @returns {Buffer} the plaintext
 */
export function open_gcm(key, nonce, bound, hidden, tag) {
  if (tag.length !== TAG_BYTES) throw new Error('a tag of another length');
  const decipher = crypto.createDecipheriv('aes-256-gcm', key, nonce).setAAD(bound).setAuthTag(tag);
  return Buffer.concat([decipher.update(hidden), decipher.final()]);
}
