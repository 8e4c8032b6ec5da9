// The JavaScript half of the crypto port (wasm/host_crypto.cpp): node:crypto, called synchronously. The same file serves
// the Worker (nodejs_compat) and the probe under Node.
//
// Rules of the border
// * Nothing throws across it: a failure is a negative number or 0, which the core takes for a no.
// * A key lives in a table here; the core holds its number and gives it back.
// * A key has one kind; asked for another family of algorithms than its own, the answer is no.
import crypto from 'node:crypto';
import { FAMILY, HASH, KEY_KIND, NOT_ON_CURVE } from '../core/names.js';
import { open_gcm, seal_gcm } from './gcm.js';
import { Table } from './table.js';

/** By the numbers of the core's hashes, families of algorithms, and kinds of keys. */
const HASHES = Object.keys(HASH).map((name) => (name === 'none' ? null : name));
const { rsa: KIND_RSA, ec: KIND_EC, okp: KIND_OKP, secret: KIND_SECRET } = KEY_KIND;
const { rsa_pss: RSA_PSS, eddsa: EDDSA, hmac: HMAC } = FAMILY;
/** Which kind of key a family works with. @type {Record<keyof typeof FAMILY, number>} */
const KINDS = { rsa_pkcs1: KIND_RSA, rsa_pss: KIND_RSA, ecdsa: KIND_EC, eddsa: KIND_OKP, hmac: KIND_SECRET };
const KIND_OF_FAMILY = Object.keys(FAMILY).map((name) => KINDS[/** @type {keyof typeof FAMILY} */ (name)]);

const FAILED = -1;

/**
 * @typedef {import('node:crypto').KeyObject} KeyObject
 * @typedef {{kind: number, secret?: KeyObject, public?: KeyObject, private?: KeyObject,
 *            pss_public?: import('node:crypto').VerifyJsonWebKeyInput, pss_private?: import('node:crypto').SignJsonWebKeyInput}} Entry
 */

/**
 * What hashes inside a Hash of workerd. Hash itself is a stream, and all of one is made for each hash, which costs several
 * times what hashing a token does.
 * @typedef {new (algorithm: string, outputBytes: undefined) => {update(data: Uint8Array): unknown, digest(): Uint8Array}} BareHash
 */

/**
 * It is no documented interface: where it is not there, or gives anything else than crypto.hash does, that one is used.
 * @returns {BareHash | undefined}
 */
function find_bare_hash() {
  try {
    const hash = /** @type {any} */ (crypto.createHash('sha256'));
    const held = Object.getOwnPropertySymbols(hash).map((symbol) => hash[symbol]?.constructor);
    const bare_hash = held.find((made) => made?.name === 'HashHandle');
    return bare_hash !== undefined && HASHES.every((name) => name === null || hashes_alike(bare_hash, name)) ? bare_hash : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {BareHash} bare_hash
 * @param {string} name
 */
function hashes_alike(bare_hash, name) {
  const sample = Uint8Array.from({ length: 300 }, (_, index) => index);
  const digest = bare_digest(bare_hash, name, sample);
  return digest instanceof Uint8Array && same_bytes(digest, crypto.hash(name, sample, 'buffer'));
}

/**
 * @param {BareHash} bare_hash
 * @param {string} name
 * @param {Uint8Array} data
 */
function bare_digest(bare_hash, name, data) {
  const hash = new bare_hash(name, undefined);
  hash.update(data);
  return hash.digest();
}

/** What Module.crypto must be. Every view is into Wasm memory and valid only during the call. */
export class CryptoHost {
  /** @type {Table<Entry>} */
  #keys = new Table();
  /** @type {Table<import('node:crypto').Hash>} */
  #hashers = new Table();
  #bare_hash = find_bare_hash();

  /**
   * Imports a key: a secret as it is, any other kind as the text of a JWK.
   * @param {number} kind
   * @param {Uint8Array} data
   * @returns {number} its number, or FAILED, or NOT_ON_CURVE
   */
  import_key(kind, data) {
    try {
      const made = kind === KIND_SECRET ? import_secret(data) : import_pair(kind, data);
      return typeof made === 'number' ? made : this.#keys.add(made);
    } catch {
      return FAILED;
    }
  }

  /** @param {number} key */
  release_key(key) {
    this.#keys.remove(key);
  }

  /**
   * @param {number} key
   * @param {number} family
   * @param {number} hash
   * @param {Uint8Array} data
   * @param {Uint8Array} signature
   * @returns {number} 1: this key's signature over the data; 0: anything else
   */
  verify(key, family, hash, data, signature) {
    try {
      const entry = this.#keys.get(key);
      if (entry === undefined || entry.kind !== KIND_OF_FAMILY[family]) return 0;
      return verify_with(entry, family, HASHES[hash] ?? null, data, signature) ? 1 : 0;
    } catch {
      return 0;
    }
  }

  /**
   * @param {number} key
   * @param {number} family
   * @param {number} hash
   * @param {Uint8Array} data
   * @param {Uint8Array} out
   * @returns {number} how many bytes of `out` are the signature, or FAILED
   */
  sign(key, family, hash, data, out) {
    try {
      const entry = this.#keys.get(key);
      if (entry === undefined || entry.kind !== KIND_OF_FAMILY[family]) return FAILED;
      return write(sign_with(entry, family, HASHES[hash] ?? null, data), out);
    } catch {
      return FAILED;
    }
  }

  /**
   * @param {number} hash
   * @param {Uint8Array} data
   * @param {Uint8Array} out
   */
  hash(hash, data, out) {
    try {
      const name = /** @type {string} */ (HASHES[hash]);
      return write(this.#bare_hash ? bare_digest(this.#bare_hash, name, data) : crypto.hash(name, data, 'buffer'), out);
    } catch {
      return FAILED;
    }
  }

  /**
   * @param {Uint8Array} secret
   * @param {Uint8Array} out
   */
  p256_public(secret, out) {
    try {
      return write(p256_pair(secret).getPublicKey(), out);
    } catch {
      return FAILED;
    }
  }

  /**
   * @param {Uint8Array} secret
   * @param {Uint8Array} point of the other side, uncompressed
   * @param {Uint8Array} out
   */
  p256_agree(secret, point, out) {
    try {
      const pair = p256_pair(secret);
      try {
        return write(pair.computeSecret(point), out);
      } catch {
        return NOT_ON_CURVE;
      }
    } catch {
      return FAILED;
    }
  }

  /** @param {Uint8Array} key @param {Uint8Array} nonce @param {Uint8Array} bound @param {Uint8Array} plain @param {Uint8Array} out */
  seal(key, nonce, bound, plain, out) {
    try {
      return write(seal_gcm(key, nonce, bound, plain), out);
    } catch {
      return FAILED;
    }
  }

  /** @param {Uint8Array} key @param {Uint8Array} nonce @param {Uint8Array} bound @param {Uint8Array} hidden @param {Uint8Array} tag @param {Uint8Array} out */
  open(key, nonce, bound, hidden, tag, out) {
    try {
      return write(open_gcm(key, nonce, bound, hidden, tag), out);
    } catch {
      return FAILED;
    }
  }

  /** @param {number} hash */
  start_hash(hash) {
    try {
      return this.#hashers.add(crypto.createHash(/** @type {string} */ (HASHES[hash])));
    } catch {
      return FAILED;
    }
  }

  /**
   * @param {number} hasher
   * @param {Uint8Array} data
   */
  update_hash(hasher, data) {
    try {
      const hash = this.#hashers.get(hasher);
      if (hash === undefined) return FAILED;
      hash.update(data);
      return 0;
    } catch {
      return FAILED;
    }
  }

  /**
   * @param {number} hasher
   * @param {Uint8Array} out
   */
  finish_hash(hasher, out) {
    try {
      const hash = this.#hashers.remove(hasher);
      return hash === undefined ? FAILED : write(hash.digest(), out);
    } catch {
      return FAILED;
    }
  }

  /**
   * @param {Uint8Array} a
   * @param {Uint8Array} b
   */
  equal(a, b) {
    try {
      return crypto.timingSafeEqual(a, b) ? 1 : 0;
    } catch {
      return 0;
    }
  }
}

/**
 * @param {Uint8Array} data
 * @returns {Entry}
 */
function import_secret(data) {
  return { kind: KIND_SECRET, secret: crypto.createSecretKey(data) };
}

/**
 * The public half first: of a public elliptic-curve key with coordinates of full length, which the core has checked,
 * only the curve equation is left to be wrong.
 * @param {number} kind
 * @param {Uint8Array} data
 * @returns {Entry | number}
 */
function import_pair(kind, data) {
  const jwk = JSON.parse(new TextDecoder().decode(data));
  const { d, p, q, dp, dq, qi, ...open } = jwk;
  /** @type {Entry} */
  const entry = { kind };
  try {
    entry.public = crypto.createPublicKey({ key: open, format: 'jwk' });
    entry.pss_public = pss(open);
  } catch {
    return kind === KIND_EC ? NOT_ON_CURVE : FAILED;
  }
  if (d === undefined) return entry;
  entry.private = crypto.createPrivateKey({ key: jwk, format: 'jwk' });
  entry.pss_private = pss(jwk);
  return belong_together(entry) ? entry : FAILED;
}

/**
 * RFC 7518 section 3.5: MGF1 with the same hash, and a salt exactly as long as the hash. The key goes in as a JWK, the
 * one form in which both runtimes take options beside a key.
 * @param {import('node:crypto').JsonWebKey} key
 */
function pss(key) {
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: salt_length } = crypto.constants;
  return { key, format: /** @type {const} */ ('jwk'), padding, saltLength: salt_length };
}

/**
 * Neither library checks that the private half of a JWK belongs to its public half.
 * @param {Entry} pair
 */
function belong_together(pair) {
  const family = KIND_OF_FAMILY.indexOf(pair.kind);
  const hash = family === EDDSA ? null : 'sha256';
  const probe = new Uint8Array(32);
  return verify_with(pair, family, hash, probe, /** @type {Buffer} */ (sign_with(pair, family, hash, probe)));
}

/**
 * @param {Entry} entry
 * @param {number} family
 * @param {string | null} hash
 * @param {Uint8Array} data
 * @param {Uint8Array} signature
 */
function verify_with(entry, family, hash, data, signature) {
  if (family === HMAC) return same_bytes(mac(entry, hash, data), signature);
  if (family === RSA_PSS) return verify_pss(entry, hash, data, signature);
  return crypto.verify(hash, data, /** @type {KeyObject} */ (entry.public), signature);
}

/**
 * @param {Entry} entry
 * @param {number} family
 * @param {string | null} hash
 * @param {Uint8Array} data
 * @returns {Buffer | undefined}
 */
function sign_with(entry, family, hash, data) {
  if (family === HMAC) return mac(entry, hash, data);
  if (family === RSA_PSS) return sign_pss(entry, hash, data);
  return entry.private === undefined ? undefined : crypto.sign(hash, data, entry.private);
}

/**
 * Not crypto.verify and crypto.sign: those of workerd read the padding option and then use PKCS #1 v1.5 all the same.
 * The self-test of the core would notice.
 * @param {Entry} entry
 * @param {string | null} hash
 * @param {Uint8Array} data
 * @param {Uint8Array} signature
 */
function verify_pss(entry, hash, data, signature) {
  const key = /** @type {import('node:crypto').VerifyJsonWebKeyInput} */ (entry.pss_public);
  return crypto
    .createVerify(/** @type {string} */ (hash))
    .update(data)
    .verify(key, signature);
}

/**
 * @param {Entry} entry
 * @param {string | null} hash
 * @param {Uint8Array} data
 */
function sign_pss(entry, hash, data) {
  if (entry.pss_private === undefined) return undefined;
  return crypto
    .createSign(/** @type {string} */ (hash))
    .update(data)
    .sign(entry.pss_private);
}

/**
 * @param {Entry} entry
 * @param {string | null} hash
 * @param {Uint8Array} data
 */
function mac(entry, hash, data) {
  return crypto
    .createHmac(/** @type {string} */ (hash), /** @type {KeyObject} */ (entry.secret))
    .update(data)
    .digest();
}

/** @param {Uint8Array} secret in range, or this throws */
function p256_pair(secret) {
  const pair = crypto.createECDH('prime256v1');
  pair.setPrivateKey(secret);
  return pair;
}

/**
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
function same_bytes(a, b) {
  return a.length === b.length && crypto.timingSafeEqual(a, b);
}

/**
 * @param {Uint8Array | undefined} bytes
 * @param {Uint8Array} out
 */
function write(bytes, out) {
  if (bytes === undefined || bytes.length > out.length) return FAILED;
  out.set(bytes);
  return bytes.length;
}
