// Wycheproof's raw signatures through the crypto host of the edge, in Node and in workerd: there OpenSSL and BoringSSL must
// say what the agent's OpenSSL says (tests/shared/crypto/wycheproof.cpp). As JWS only some of them can be written.
//
// What the core refuses before it asks a host (a wrong length, R or S out of range) is not asked here either.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Miniflare } from 'miniflare';
import { CryptoHost } from '../../worker-shim/host/crypto.js';
import { Failures } from '../support/probes.mjs';
import { read_vectors, vectors_absent } from '../support/vectors.mjs';
import { HOST_MODULES } from '../support/workerd_probe.mjs';

const shim = new URL('../../worker-shim/', import.meta.url);
const KIND = { rsa: 0, ec: 1, okp: 2, secret: 3 };
const FAMILY = { pkcs1: 0, pss: 1, ecdsa: 2, eddsa: 3, hmac: 4 };
const SHA256 = 1,
  NO_HASH = 0;
/** All cases of the suites but those that the core refuses by itself. */
const COUNT = 782;
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/**
 * A case of Wycheproof, its bytes in hexadecimal, and a group of them with their key.
 * @typedef {{tcId: number, msg: string, result: string, sig?: string, tag?: string, key?: string}} Case
 * @typedef {{tests: Case[], publicKeyDer?: string, publicKeyJwk?: JsonWebKey, keyJwk?: JsonWebKey}} Group
 * @typedef {import('node:crypto').JsonWebKey} JsonWebKey
 */
/**
 * @typedef {object} Suite
 * @property {number} kind
 * @property {number} family
 * @property {number} hash
 * @property {(group: Group, each: Case) => string} key
 * @property {(hex: string) => string | undefined} signature as it passes through the port; undefined: the core refuses it
 */
/** @typedef {{kind: number, key: string, family: number, hash: number, message: string, signature: string}} Question */

/** By suite: how a group's key is imported, and what of a case the host is asked. @type {Record<string, Suite>} */
const SUITES = {
  ecdsa_secp256r1_sha256_p1363: { kind: KIND.ec, family: FAMILY.ecdsa, hash: SHA256, key: p256_key, signature: der_signature },
  ed25519: { kind: KIND.okp, family: FAMILY.eddsa, hash: NO_HASH, key: (group) => jwk(group.publicKeyJwk), signature: of_bytes(64) },
  rsa_signature_2048_sha256: {
    kind: KIND.rsa,
    family: FAMILY.pkcs1,
    hash: SHA256,
    key: (group) => jwk(group.keyJwk),
    signature: not_empty,
  },
  rsa_pss_2048_sha256_mgf1_32: {
    kind: KIND.rsa,
    family: FAMILY.pss,
    hash: SHA256,
    key: (group) => jwk(group.publicKeyJwk),
    signature: not_empty,
  },
  hmac_sha256: { kind: KIND.secret, family: FAMILY.hmac, hash: SHA256, key: (_group, each) => each.key ?? '', signature: of_bytes(32) },
};

/** Runs in both places, so it uses nothing from around it. @param {Question[]} questions @param {() => CryptoHost} make_host */
function ask_host(questions, make_host) {
  const bytes = (/** @type {string} */ hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const host = make_host();
  return questions.map(({ kind, key, family, hash, message, signature }) => {
    const number = host.import_key(kind, bytes(key));
    const answer = number < 0 ? `import ${number}` : host.verify(number, family, hash, bytes(message), bytes(signature));
    host.release_key(number);
    return answer;
  });
}

/** @param {Question[]} questions @returns {Promise<(number | string)[]>} */
async function ask_workerd(questions) {
  const main = `import { CryptoHost } from './host/crypto.js';
    ${ask_host}
    export default { async fetch(request) { return Response.json(ask_host(await request.json(), () => new CryptoHost())); } };`;
  const miniflare = new Miniflare({
    modules: [
      { type: 'ESModule', path: 'main.js', contents: main },
      ...[...HOST_MODULES, 'core/names.js'].map((path) => ({
        type: /** @type {const} */ ('ESModule'),
        path,
        contents: readFileSync(new URL(path, shim), 'utf8'),
      })),
    ],
    compatibilityDate: '2026-07-30',
    compatibilityFlags: ['nodejs_compat'],
  });
  try {
    const answer = await fetch(await miniflare.ready, { method: 'POST', body: JSON.stringify(questions) });
    return /** @type {(number | string)[]} */ (await answer.json());
  } finally {
    await miniflare.dispose();
  }
}

const questions = vectors_absent ? [] : Object.entries(SUITES).flatMap(([name, suite]) => questions_of(name, suite));

/** @type {Record<string, (all: Question[]) => Promise<(number | string)[]>>} */
const places = { Node: async (all) => ask_host(all, () => new CryptoHost()), workerd: ask_workerd };
for (const [place, ask] of Object.entries(places)) {
  test(`wycheproof: ${COUNT} raw signatures judged as labelled in ${place}`, { skip: vectors_absent }, async () => {
    assert.equal(questions.length, COUNT);
    const answers = await ask(questions);
    const failures = new Failures();
    questions.forEach(({ id, valid }, i) => failures.expect(answers[i] === (valid ? 1 : 0), () => `${id}: ${answers[i]}`));
    failures.assert_none();
  });
}

/** @param {string} name @param {Suite} suite */
function questions_of(name, { kind, family, hash, key, signature }) {
  const groups = /** @type {Group[]} */ (read_vectors(`wycheproof/${name}_test.json`).testGroups);
  return groups.flatMap((group) =>
    group.tests.flatMap((each) => {
      const form = signature(each.sig ?? each.tag ?? '');
      if (form === undefined) return [];
      return [
        {
          id: `${name} ${each.tcId}`,
          valid: each.result === 'valid',
          kind,
          family,
          hash,
          key: key(group, each),
          message: each.msg,
          signature: form,
        },
      ];
    }),
  );
}

/** A public JWK as the core hands it over: only what the host needs, and in hexadecimal for the way there. @param {JsonWebKey} [key] */
function jwk({ kty, crv, n, e, x, y } = {}) {
  return Buffer.from(JSON.stringify({ kty, crv, n, e, x, y })).toString('hex');
}

/** @param {Group} group */
function p256_key({ publicKeyDer = '' }) {
  const point = Buffer.from(publicKeyDer, 'hex').subarray(-64);
  return jwk({ kty: 'EC', crv: 'P-256', x: point.subarray(0, 32).toString('base64url'), y: point.subarray(32).toString('base64url') });
}

/** @param {string} hex */
function not_empty(hex) {
  return hex === '' ? undefined : hex;
}

/** @param {number} count */
function of_bytes(count) {
  return (/** @type {string} */ hex) => (hex.length === 2 * count ? hex : undefined);
}

/** R||S as DER, which is what passes through the port (shared/crypto/ecdsa_der.hpp). @param {string} hex */
function der_signature(hex) {
  if (hex.length !== 128) return undefined;
  const integers = [hex.slice(0, 64), hex.slice(64)].map((part) => BigInt(`0x${part}`));
  if (integers.some((value) => value === 0n || value >= P256_ORDER)) return undefined;
  const contents = integers.map(der_integer).join('');
  return `30${hex_byte(contents.length / 2)}${contents}`;
}

/** @param {bigint} value */
function der_integer(value) {
  let digits = value.toString(16);
  if (digits.length % 2 === 1) digits = `0${digits}`;
  if (parseInt(digits.slice(0, 2), 16) >= 0x80) digits = `00${digits}`;
  return `02${hex_byte(digits.length / 2)}${digits}`;
}

/** @param {number} value */
function hex_byte(value) {
  return value.toString(16).padStart(2, '0');
}
