// The other end of a channel that our edge opens, from docs/reference/protocol.md and the agent's private key alone: npm jose for
// the grant, npm structured-headers for the fields, Node's own ECDH and HKDF for the keys, npm http-message-signatures for the MAC.
// That an agent takes a channel of npm packages is in signed_elsewhere.test.mjs.
import assert from 'node:assert/strict';
import { createECDH, createHash, createHmac, hkdfSync } from 'node:crypto';
import { after, before, test } from 'node:test';
import { calculateJwkThumbprint, createLocalJWKSet, jwtVerify } from 'jose';
import { Token, parseDictionary, parseItem, serializeDictionary } from 'structured-headers';
import { edge_issuer, start_edge } from '../support/edge.mjs';
import { verify_request } from '../support/independent.mjs';
import { values } from '../support/origin.mjs';

const pair = createECDH('prime256v1');
const point = pair.generateKeys();

/** What the edge's requests told. @type {{grant: string, payload: any, keyid: string, requests: Buffer, confirmations: Buffer} | undefined} */
let channel;
/** @type {Awaited<ReturnType<typeof start_edge>>} */
let edge;

before(async () => {
  edge = await start_edge({
    answer: (request, response) => {
      const said = says(request.headers);
      if (said !== '') response.setHeader('Sallyport-Channel', said);
    },
  });
});
after(() => edge.stop());

/** @param {Buffer} octets @returns {ArrayBuffer} as structured-headers has Byte Sequences */
const bytes = (octets) => Uint8Array.from(octets).buffer;

/** What an agent that holds no channel yet says of them. @param {import('node:http').IncomingHttpHeaders} headers */
function says({ 'signature-input': input, 'sallyport-channel-grant': grant }) {
  const parameters = parseDictionary(String(input)).get('sallyport')?.[1];
  if (!String(parameters?.get('keyid')).startsWith('ch1.')) return serializeDictionary({ key: [bytes(point), new Map([['v', 1]])] });
  if (grant === undefined) return '';
  channel = opened(String(grant));
  const text = `sallyport confirm 1\0${parameters?.get('nonce')}`;
  const confirm = createHmac('sha256', channel.confirmations).update(text).digest();
  return serializeDictionary({ confirm: [bytes(confirm), new Map()] });
}

/** @param {string} field */
function opened(field) {
  const [token] = parseItem(field);
  assert.ok(token instanceof Token);
  const grant = token.toString();
  const [header, payload] = grant.split('.');
  const read = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const id = createHash('sha256').update(`${header}.${payload}`).digest();
  const { x, y } = read.cnf.jwk;
  const own = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  const info = Buffer.concat([Buffer.from('sallyport channel 1\0'), id, own, point]);
  const made = Buffer.from(hkdfSync('sha256', pair.computeSecret(own), Buffer.alloc(0), info, 64));
  const keyid = `ch1.${id.toString('base64url')}`;
  return { grant, payload: read, keyid, requests: made.subarray(0, 32), confirmations: made.subarray(32) };
}

const published = () => edge.signing_keys.map((/** @type {import('jose').JWK} */ { d, ...key }) => key);

/** The last request that arrived, verified: with the channel's key where there is one. */
async function verified() {
  const seen = edge.origin.last();
  const shared = channel && { kty: 'oct', kid: channel.keyid, alg: 'HS256', k: channel.requests.toString('base64url') };
  const keys = [...published(), ...(shared ? [shared] : [])];
  await verify_request(seen, { keys }, { issuer: edge_issuer, audience: 'sallyport:service:app' });
  const keyid = parseDictionary(values(seen, 'signature-input')[0]).get('sallyport')?.[1].get('keyid');
  return { keyid, grants: values(seen, 'sallyport-channel-grant') };
}

test("the grant of our edge is a JWT, and its channel's requests verify with what its agent derives", async () => {
  for (let i = 0; i < 3; i += 1) {
    assert.equal((await edge.send_as_alice('/x')).status, 200);
    assert.deepEqual(await verified(), { keyid: 'edge-1', grants: [] });
  }
  const probed = await edge.send_as_alice('/x?probe=1');
  assert.ok(channel, 'the fourth request brings a grant');
  const { grant, keyid, payload } = channel;
  assert.deepEqual([probed.status, probed.headers['sallyport-channel']], [200, undefined]);
  assert.deepEqual(await verified(), { keyid, grants: [grant] });

  const { protectedHeader } = await jwtVerify(grant, createLocalJWKSet({ keys: published() }), {
    issuer: edge_issuer,
    audience: 'sallyport:channel:app',
    typ: 'sallyport-channel+jwt',
    algorithms: ['ES256'],
    maxTokenAge: 600,
  });
  assert.deepEqual(protectedHeader, { alg: 'ES256', kid: 'edge-1', typ: 'sallyport-channel+jwt' });
  assert.deepEqual(Object.keys(payload), ['agent', 'aud', 'cnf', 'exp', 'iat', 'iss', 'jti'], 'canonical JSON, and nothing else');
  assert.equal(payload.exp - payload.iat, 600);
  assert.equal(Buffer.from(payload.jti, 'base64url').length, 16);
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((each) => each.toString('base64url'));
  assert.equal(payload.agent, await calculateJwkThumbprint({ kty: 'EC', crv: 'P-256', x, y }));

  for (const options of [{}, { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } }]) {
    assert.equal((await edge.send_as_alice('/x', options)).status, 200);
    assert.deepEqual(await verified(), { keyid, grants: [] }, 'the confirm was the right one');
  }
});
